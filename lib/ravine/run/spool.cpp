#include "ravine/run/spool.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>
#include <system_error>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/run/attempts.hpp"
#include "ravine/run/record_file.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

std::vector<Path> list(const Path& folder) {
  std::error_code error;
  std::vector<Path> files;
  std::filesystem::directory_iterator it(folder, error), end;
  for (; !error && it != end; it.increment(error)) files.push_back(it->path());
  if (error) fail_system(error.value(), "list the folder", folder);
  std::sort(files.begin(), files.end());
  return files;
}

/// Nothing if the file has gone: another process packs its spool.
std::optional<std::vector<std::byte>> read_if_there(const Path& path) {
  try {
    return read_bytes(path);
  } catch (const Error&) {
    if (std::filesystem::exists(path)) throw;
    return std::nullopt;
  }
}

bool is_trial_file(const Path& path) {
  return path.extension() == ".h5" && path.stem().string().size() == 16;
}

/// The number of a batch file, 0 for anything else.
int batch_number(const Path& path) {
  int number = 0;
  const std::string stem = path.stem().string();
  if (path.extension() == ".batch") std::from_chars(stem.data(), stem.data() + stem.size(), number);
  return number;
}

void remove_file(const Path& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) fail_system(error.value(), "remove", path);
}

}  // namespace

Spool::Spool(Path folder, Access access) : folder_(std::move(folder)), access_(access) {
  if (access_ == Access::kWrite) create_folders(folder_);
  scan();
}

/// Again if files have vanished meanwhile: their trials are in a batch now.
void Spool::scan() {
  for (int attempt = 0; attempt < 10 && !try_scan(); ++attempt) {
  }
}

bool Spool::try_scan() {
  places_.clear();
  batches_.clear();
  warnings_.clear();
  single_files_ = 0;
  const std::vector<Path> files = list(folder_);
  bool steady = true;
  // A trial in a file of its own is newer than one in a batch.
  for (const Path& path : files)
    if (batch_number(path) > 0) steady = open_batch(path) && steady;
  for (const Path& path : files)
    if (is_trial_file(path)) steady = open_trial(path) && steady;
  return steady;
}

bool Spool::open_trial(const Path& path) {
  const auto image = read_if_there(path);
  if (!image) return false;
  try {
    const TrialRecord record = decode_record(*image, path.string());
    if (record.id != path.stem().string())
      fail("{} holds trial {}: the name of a file is the id of its trial", path.string(),
           record.id);
    add({{record.id, record.build_id, outcome_of(record), 0, image->size()}}, -1);
  } catch (const Error& error) {
    const bool renamed = set_aside(path);
    warnings_.push_back(fmt::format(
        "{}: {}", error.what(),
        renamed ? "set aside as " + path.filename().string() + ".damaged" : "not counted"));
  }
  return true;
}

bool Spool::open_batch(const Path& path) {
  last_number_ = std::max(last_number_, batch_number(path));
  try {
    verify(path, kBatchFile);
    batches_.push_back(path);
    add(read_batch_index(path), static_cast<std::int32_t>(batches_.size()) - 1);
  } catch (const Error& error) {
    if (!std::filesystem::exists(path)) return false;
    if (dynamic_cast<const IoError*>(&error)) throw;
    rescue(path, error.what());
  }
  return true;
}

/// What is whole of a damaged batch stays: in a batch of its own, or, for who only looks, where it
/// is.
void Spool::rescue(const Path& batch, const std::string& reason) {
  const std::vector<std::byte> bytes = read_bytes(batch);
  const std::vector<BatchEntry> entries = intact_trials(bytes, batch.string());
  std::vector<std::vector<std::byte>> images;
  for (const BatchEntry& entry : entries) {
    const auto image = std::span(bytes).subspan(entry.offset, entry.length);
    images.emplace_back(image.begin(), image.end());
  }
  if (access_ == Access::kRead) {
    batches_.push_back(batch);
    add(entries, static_cast<std::int32_t>(batches_.size()) - 1);
  } else if (!entries.empty()) {
    write_batch(entries, images);
  }
  const bool renamed = set_aside(batch);
  warnings_.push_back(fmt::format(
      "{}: {}, its {} trials that are whole stay", reason,
      renamed ? "set aside as " + batch.filename().string() + ".damaged" : "not counted",
      entries.size()));
}

Path Spool::file_of(const std::string& id) const { return folder_ / (id + ".h5"); }

/// Whether the file could be, and was, renamed.
bool Spool::set_aside(const Path& path) const {
  std::error_code error;
  if (access_ == Access::kWrite) std::filesystem::rename(path, path.string() + ".damaged", error);
  return access_ == Access::kWrite && !error;
}

void Spool::add(const std::vector<BatchEntry>& entries, std::int32_t batch) {
  for (const BatchEntry& entry : entries) {
    const std::pair label(entry.build_id, entry.outcome);
    auto known = std::find(labels_.begin(), labels_.end(), label);
    if (known == labels_.end()) known = labels_.insert(labels_.end(), label);
    const auto [place, is_new] = places_.try_emplace(entry.id);
    const bool was_single = !is_new && place->second.batch < 0;
    single_files_ += (batch < 0) - was_single;
    place->second = {entry.offset, entry.length, batch,
                     static_cast<std::uint32_t>(known - labels_.begin())};
  }
}

void Spool::write(const TrialRecord& record) {
  const std::vector<std::byte> image = encode_record(record);
  replace_file(file_of(record.id), image);
  const std::lock_guard guard(mutex_);
  add({{record.id, record.build_id, outcome_of(record), 0, image.size()}}, -1);
  if (single_files_ >= kTrialsPerBatch) fold();
}

/// The files go only when the batch is durable: a trial is always in one of them.
void Spool::fold() {
  std::vector<BatchEntry> entries;
  std::vector<std::vector<std::byte>> images;
  std::map<std::string, std::string> damaged;
  for (const auto& [id, place] : places_) {
    if (place.batch >= 0) continue;
    try {
      images.push_back(load(id, place));
      verify(images.back(), kTrialFile, file_of(id).string());
      const auto& [build, outcome] = labels_[place.label];
      entries.push_back({id, build, outcome, 0, 0});
    } catch (const IoError&) {
      throw;
    } catch (const Error& error) {
      images.resize(entries.size());
      damaged[id] = error.what();
    }
  }
  for (const auto& [id, reason] : damaged) drop(id, reason);
  write_batch(entries, images);
  for (const BatchEntry& entry : entries) remove_file(file_of(entry.id));
}

void Spool::write_batch(std::vector<BatchEntry> entries,
                        const std::vector<std::vector<std::byte>>& images) {
  const Path path = folder_ / fmt::format("{:06}.batch", last_number_ + 1);
  replace_file(path, encode_batch(entries, images));
  ++last_number_;
  batches_.push_back(path);
  add(entries, static_cast<std::int32_t>(batches_.size()) - 1);
}

bool Spool::contains(const std::string& id) const {
  const std::lock_guard guard(mutex_);
  return places_.contains(id);
}

std::vector<std::string> Spool::ids() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> ids;
  for (const auto& entry : places_) ids.push_back(entry.first);
  return ids;
}

std::string Spool::build_id(const std::string& id) const {
  const std::lock_guard guard(mutex_);
  const auto found = places_.find(id);
  return found == places_.end() ? "" : labels_[found->second.label].first;
}

std::string Spool::outcome(const std::string& id) const {
  const std::lock_guard guard(mutex_);
  const auto found = places_.find(id);
  return found == places_.end() ? "" : labels_[found->second.label].second;
}

/// Throws Error if the file has vanished.
std::vector<std::byte> Spool::load(const std::string& id, const Place& place) const {
  if (place.batch < 0) return read_bytes(file_of(id));
  return read_part(batches_[static_cast<std::size_t>(place.batch)],
                   {id, "", "", place.offset, place.length});
}

std::optional<TrialRecord> Spool::read(const std::string& id) {
  const std::lock_guard guard(mutex_);
  // Once more for who looks at a spool in use: the trial may have been folded into a batch.
  for (int attempts_left = access_ == Access::kRead ? 1 : 0;; --attempts_left) {
    const auto found = places_.find(id);
    if (found == places_.end()) return std::nullopt;
    try {
      TrialRecord record = decode_record(load(id, found->second), file_of(id).string());
      if (record.id == id) return record;
      fail("{} holds trial {}: the name of a file is the id of its trial", file_of(id).string(),
           record.id);
    } catch (const IoError&) {
      throw;
    } catch (const Error& error) {
      if (attempts_left == 0) return drop(id, error.what()), std::nullopt;
      if (std::filesystem::is_directory(folder_)) scan();
    }
  }
}

/// Forgets a trial that turned out to be damaged.
void Spool::drop(const std::string& id, const std::string& reason) {
  const bool single = places_.at(id).batch < 0;
  const bool renamed = single && set_aside(file_of(id));
  warnings_.push_back(fmt::format("{}: {}", reason,
                                  renamed ? "set aside as " + id + ".h5.damaged" : "not counted"));
  single_files_ -= single;
  places_.erase(id);
}

void Spool::clear() {
  const std::lock_guard guard(mutex_);
  for (const auto& [id, place] : places_)
    if (place.batch < 0) remove_file(file_of(id));
  for (const Path& batch : batches_) remove_file(batch);
  places_.clear();
  batches_.clear();
  single_files_ = 0;
  std::error_code ignored;
  for (const Path& path : list(folder_))
    if (is_temporary(path) || path.filename() == kAttemptsFile)
      std::filesystem::remove(path, ignored);
  // Fails as long as something else is in it, such as a file that was set aside.
  std::filesystem::remove(folder_, ignored);
}

std::vector<std::string> Spool::warnings() const {
  const std::lock_guard guard(mutex_);
  return warnings_;
}

}  // namespace ravine
