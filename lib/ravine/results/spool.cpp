#include "ravine/results/spool.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "ravine/core/error.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/record_file.hpp"
#include "ravine/results/spool_folder.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

/// Nothing if the file has gone: another process packs its spool.
std::optional<std::vector<std::byte>> read_if_there(const Path& path) {
  try {
    return read_bytes(path);
  } catch (const Error&) {
    if (std::filesystem::exists(path)) throw;
    return std::nullopt;
  }
}

}  // namespace

Spool::Spool(Path folder, Access access, const std::string& suite)
    : folder_(std::move(folder)), access_(access) {
  if (access_ == Access::kWrite) claim_spool(folder_, suite);
  scan();
}

/// Again if files have vanished meanwhile: their trials are in a segment now.
void Spool::scan() {
  for (int attempt = 0; attempt < 10 && !try_scan(); ++attempt) {
  }
}

bool Spool::try_scan() {
  places_.clear();
  segments_.clear();
  warnings_.clear();
  single_files_ = 0;
  const std::vector<Path> files = list_folder(folder_);
  bool steady = true;
  // A trial in a file of its own is newer than one in a segment.
  for (const Path& path : files)
    if (segment_number(path) > 0) steady = open_segment(path) && steady;
  for (const Path& path : files)
    if (spool_file(path) == SpoolFile::kTrial) steady = open_trial(path) && steady;
  return steady;
}

bool Spool::open_trial(const Path& path) {
  try {
    expect_plain_file(path);
    const auto image = read_if_there(path);
    if (!image) return false;
    const TrialRecord record = decode_record(*image, path.string());
    if (record.id != path.stem().string())
      fail("{} holds trial {}: the name of a file is the id of its trial", path.string(),
           record.id);
    add({{record.id, record.build_id, outcome_of(record), 0, image->size()}}, -1);
  } catch (const Error& error) {
    judge(error);
    warnings_.push_back(set_aside_from(path, error.what()));
  }
  return true;
}

bool Spool::open_segment(const Path& path) {
  last_number_ = std::max(last_number_, segment_number(path));
  try {
    expect_plain_file(path);
    verify(path, kSegmentFile);
    segments_.push_back(path);
    add(read_segment_index(path), static_cast<std::int32_t>(segments_.size()) - 1);
  } catch (const Error& error) {
    if (!is_there(path)) return false;
    judge(error);
    rescue(path, error.what());
  }
  return true;
}

/// Throws on unless a file is damaged. One that a later ravine wrote is whole: who works here would
/// overwrite it, who only looks passes it over.
void Spool::judge(const Error& error) const {
  if (is_environment(error)) throw;
  if (dynamic_cast<const VersionError*>(&error) && access_ == Access::kWrite)
    fail("{}, or choose another --output", error.what());
}

/// What is whole of a damaged segment stays: in a segment of its own, or, for who only looks, where
/// it is.
void Spool::rescue(const Path& segment, const std::string& reason) {
  std::vector<std::byte> bytes;
  if (std::filesystem::is_regular_file(std::filesystem::symlink_status(segment)))
    bytes = read_bytes(segment);
  const std::vector<SegmentEntry> entries = intact_trials(bytes, segment.string());
  std::vector<std::vector<std::byte>> images;
  for (const SegmentEntry& entry : entries) {
    const auto image = std::span(bytes).subspan(entry.offset, entry.length);
    images.emplace_back(image.begin(), image.end());
  }
  if (access_ == Access::kRead) {
    segments_.push_back(segment);
    add(entries, static_cast<std::int32_t>(segments_.size()) - 1);
  } else if (!entries.empty()) {
    write_segment(entries, images);
  }
  warnings_.push_back(fmt::format("{}; its {} intact trials stay", set_aside_from(segment, reason),
                                  entries.size()));
}

Path Spool::file_of(const std::string& id) const { return folder_ / (id + ".h5"); }

/// Renames a file, except for who only looks. Returns the sentence about it.
std::string Spool::set_aside_from(const Path& path, const std::string& reason) const {
  if (access_ == Access::kRead) return reason + ": not counted";
  return fmt::format("{}: set aside as {}", reason, set_aside(path).filename().string());
}

void Spool::add(const std::vector<SegmentEntry>& entries, std::int32_t segment) {
  for (const SegmentEntry& entry : entries) {
    const std::pair label(entry.build_id, entry.outcome);
    auto known = std::find(labels_.begin(), labels_.end(), label);
    if (known == labels_.end()) known = labels_.insert(labels_.end(), label);
    const auto [place, is_new] = places_.try_emplace(entry.id);
    const bool was_single = !is_new && place->second.segment < 0;
    single_files_ += (segment < 0) - was_single;
    place->second = {entry.offset, entry.length, segment,
                     static_cast<std::uint32_t>(known - labels_.begin())};
  }
}

void Spool::write(const TrialRecord& record) {
  const std::vector<std::byte> image = encode_record(record);
  replace_file(file_of(record.id), image);
  const std::lock_guard guard(mutex_);
  add({{record.id, record.build_id, outcome_of(record), 0, image.size()}}, -1);
  if (single_files_ >= kTrialsPerSegment) fold();
}

/// The files go only when the segment is durable: a trial is always in one of them.
void Spool::fold() {
  std::vector<SegmentEntry> entries;
  std::vector<std::vector<std::byte>> images;
  std::map<std::string, std::string> damaged;
  for (const auto& [id, place] : places_) {
    if (place.segment >= 0) continue;
    try {
      images.push_back(load(id, place));
      verify(images.back(), kTrialFile, file_of(id).string());
      const auto& [build, outcome] = labels_[place.label];
      entries.push_back({id, build, outcome, 0, 0});
    } catch (const Error& error) {
      if (is_environment(error) && is_there(file_of(id))) throw;
      images.resize(entries.size());
      damaged[id] = error.what();
    }
  }
  for (const auto& [id, reason] : damaged) drop(id, reason);
  write_segment(entries, images);
  for (const SegmentEntry& entry : entries) remove_file(file_of(entry.id));
}

void Spool::write_segment(std::vector<SegmentEntry> entries,
                          const std::vector<std::vector<std::byte>>& images) {
  const Path path = folder_ / fmt::format("{:06}.segment", last_number_ + 1);
  replace_file(path, encode_segment(entries, images));
  ++last_number_;
  segments_.push_back(path);
  add(entries, static_cast<std::int32_t>(segments_.size()) - 1);
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

Path Spool::where(const std::string& id, const Place& place) const {
  return place.segment < 0 ? file_of(id) : segments_[static_cast<std::size_t>(place.segment)];
}

/// Throws Error if the file has vanished.
std::vector<std::byte> Spool::load(const std::string& id, const Place& place) const {
  if (place.segment < 0) return read_bytes(file_of(id));
  return read_part(where(id, place), {id, "", "", place.offset, place.length});
}

std::optional<TrialRecord> Spool::read(const std::string& id) {
  const std::lock_guard guard(mutex_);
  // Once more for who looks at a spool in use: the trial may have been folded into a segment.
  for (int attempts_left = access_ == Access::kRead ? 1 : 0;; --attempts_left) {
    const auto found = places_.find(id);
    if (found == places_.end()) return std::nullopt;
    try {
      TrialRecord record = decode_record(load(id, found->second), file_of(id).string());
      if (record.id == id) return record;
      fail("{} holds trial {}: the name of a file is the id of its trial", file_of(id).string(),
           record.id);
    } catch (const Error& error) {
      if (is_environment(error) && is_there(where(id, found->second))) throw;
      if (attempts_left == 0) return drop(id, error.what()), std::nullopt;
      if (std::filesystem::is_directory(folder_)) scan();
    }
  }
}

/// Forgets a trial that turned out to be damaged.
void Spool::drop(const std::string& id, const std::string& reason) {
  const bool single = places_.at(id).segment < 0;
  warnings_.push_back(single && is_there(file_of(id)) ? set_aside_from(file_of(id), reason)
                                                      : reason + ": not counted");
  single_files_ -= single;
  places_.erase(id);
}

void Spool::remove_leftovers() {
  const std::lock_guard guard(mutex_);
  for (const Path& path : spool_files(folder_, SpoolFile::kTemporary)) remove_file(path);
  for (const Path& path : spool_files(folder_, SpoolFile::kCheckpoint)) {
    const auto found = places_.find(path.stem().string());
    if (found != places_.end() &&
        labels_[found->second.label].second != outcome_name(Outcome::kFailed))
      remove_file(path);
  }
}

void Spool::clear() {
  const std::lock_guard guard(mutex_);
  for (const auto& [id, place] : places_)
    if (place.segment < 0) remove_file(file_of(id));
  for (const Path& segment : segments_) remove_file(segment);
  places_.clear();
  segments_.clear();
  single_files_ = 0;
  for (const Path& path : spool_files(folder_, SpoolFile::kCheckpoint)) remove_file(path);
  remove_empty_spool(folder_);
}

std::vector<std::string> Spool::warnings() const {
  const std::lock_guard guard(mutex_);
  return warnings_;
}

}  // namespace ravine
