#include "ravine/run/spool.hpp"

#include <algorithm>
#include <cstddef>
#include <system_error>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/sealed_file.hpp"
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

}  // namespace

Spool::Spool(Path folder, Access access) : folder_(std::move(folder)), access_(access) {
  if (access_ == Access::kWrite) create_folders(folder_);
  for (const Path& path : list(folder_)) {
    if (!is_trial_file(path)) continue;
    const auto image = read_if_there(path);
    if (!image) continue;
    try {
      builds_[path.stem().string()] = verify(*image, kTrialFile, path.string()).label;
    } catch (const Error& error) {
      set_aside(path, error.what());
    }
  }
}

Path Spool::file_of(const std::string& id) const { return folder_ / (id + ".h5"); }

void Spool::set_aside(const Path& path, const std::string& reason) {
  std::error_code error;
  const Path aside = path.string() + ".damaged";
  if (access_ == Access::kWrite) std::filesystem::rename(path, aside, error);
  const bool renamed = access_ == Access::kWrite && !error;
  warnings_.push_back(fmt::format(
      "{}: {}", reason,
      renamed ? "set aside as " + aside.filename().string() : std::string("not counted")));
}

void Spool::write(const TrialRecord& record) {
  replace_file(file_of(record.id), encode_record(record));
  const std::lock_guard guard(mutex_);
  builds_[record.id] = record.build_id;
}

bool Spool::contains(const std::string& id) const {
  const std::lock_guard guard(mutex_);
  return builds_.contains(id);
}

std::vector<std::string> Spool::ids() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> ids;
  for (const auto& entry : builds_) ids.push_back(entry.first);
  return ids;
}

std::string Spool::build_id(const std::string& id) const {
  const std::lock_guard guard(mutex_);
  const auto found = builds_.find(id);
  return found == builds_.end() ? "" : found->second;
}

std::optional<TrialRecord> Spool::read(const std::string& id) {
  if (!contains(id)) return std::nullopt;
  const Path path = file_of(id);
  const auto image = read_if_there(path);
  try {
    if (!image) fail("{} has vanished", path.string());
    TrialRecord record = decode_record(*image, path.string());
    if (record.id == id) return record;
    fail("{} holds trial {}: the name of a file is the id of its trial", path.string(), record.id);
  } catch (const Error& error) {
    const std::lock_guard guard(mutex_);
    set_aside(path, error.what());
    builds_.erase(id);
    return std::nullopt;
  }
}

void Spool::remove(const std::string& id) {
  const std::lock_guard guard(mutex_);
  if (builds_.erase(id) == 0) return;
  std::error_code error;
  std::filesystem::remove(file_of(id), error);
  if (error) fail_system(error.value(), "remove", file_of(id));
}

void Spool::clear() {
  for (const std::string& id : ids()) remove(id);
  std::error_code ignored;
  for (const Path& path : list(folder_))
    if (is_temporary(path)) std::filesystem::remove(path, ignored);
  // Fails as long as something else is in it, such as a file that was set aside.
  std::filesystem::remove(folder_, ignored);
}

std::vector<std::string> Spool::warnings() const {
  const std::lock_guard guard(mutex_);
  return warnings_;
}

}  // namespace ravine
