#include "ravine/results/leftovers.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <set>

#include "ravine/core/error.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/lock.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/plan_file.hpp"
#include "ravine/results/record.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "ravine/results/spool_folder.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// All shards write the plan, each for a moment and without a lock.
std::vector<fs::path> abandoned_plans(const fs::path& output) {
  std::vector<fs::path> found = temporaries_of(plan_path(output));
  std::erase_if(found, [](const fs::path& path) {
    return std::difftime(std::time(nullptr), stamp_of(path).seconds) < FileLock::kStaleSeconds;
  });
  return found;
}

/// Trials that need no checkpoint any more.
std::set<std::string> stored_trials(const fs::path& output, const Spool& spool) {
  std::set<std::string> stored;
  const auto add = [&](const std::string& id, const std::string& outcome) {
    if (outcome != outcome_name(Outcome::kFailed)) stored.insert(id);
  };
  for (const std::string& id : spool.ids()) add(id, spool.outcome(id));
  if (!is_there(output)) return stored;
  const ResultsReader packed(output);
  for (std::size_t i = 0; i < packed.size(); ++i) add(packed.ids()[i], packed.outcome(i));
  return stored;
}

/// What the reader of a seal would take for a file of ravine, whole or not.
bool was_sealed(const fs::path& path) {
  if (!fs::is_regular_file(fs::symlink_status(path))) return false;
  const std::vector<std::byte> bytes = read_bytes(path);
  const auto magic = std::as_bytes(std::span(kSealMagic));
  return bytes.empty() ||
         (bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin()));
}

Leftover judge(const fs::path& path, const std::set<std::string>& stored) {
  if (!fs::is_regular_file(fs::symlink_status(path))) return {path, "not a file of ravine", false};
  switch (spool_file(path)) {
    case SpoolFile::kTemporary:
      return {path, "incomplete file of a killed run", true};
    case SpoolFile::kCheckpoint:
      if (stored.contains(path.stem().string()))
        return {path, "checkpoint of a stored trial", true};
      return {path, "checkpoint of an unfinished trial: the same command continues it", false};
    case SpoolFile::kSetAside:
      if (was_sealed(path)) return {path, "set aside as damaged", true};
      break;
    case SpoolFile::kAttempts:
    case SpoolFile::kSuite:
    case SpoolFile::kProgress:
      return {};
    default:
      break;
  }
  return {path, "not a file of ravine", false};
}

void look_into_spool(const fs::path& output, std::vector<Leftover>& found) {
  const fs::path folder = spool_path(output);
  if (!fs::is_directory(fs::symlink_status(folder))) return;
  suite_of_spool(folder);  // throws if it is somebody else's
  const Spool spool(folder, Spool::Access::kRead);
  const std::set<std::string> stored = stored_trials(output, spool);
  const std::size_t trials = spool.ids().size();
  bool empty = trials == 0;
  for (const fs::path& path : list_folder(folder)) {
    const SpoolFile kind = spool_file(path);
    if (kind == SpoolFile::kTrial || kind == SpoolFile::kSegment) {
      empty = false;
      continue;
    }
    if (Leftover leftover = judge(path, stored); !leftover.path.empty()) {
      empty = empty && leftover.goes;
      found.push_back(std::move(leftover));
    }
  }
  if (trials > 0)
    found.push_back(
        {folder, fmt::format("{} finished trials: the same command packs them", trials), false});
  else if (empty)
    found.push_back({folder, "an empty spool", true});
}

}  // namespace

fs::path lock_path(const fs::path& output) { return output.string() + ".lock"; }

fs::path spool_path(const fs::path& output) { return output.string() + ".spool"; }

FileStamp stamp_of(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    fail_system(errno, "look at", path);
  }
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

void remove_leftovers_of(const fs::path& output) {
  for (const fs::path& target : {output, lock_path(output)})
    for (const fs::path& path : temporaries_of(target)) remove_file(path);
  for (const fs::path& path : abandoned_plans(output)) remove_file(path);
}

std::vector<Leftover> tidy(const fs::path& path, bool dry_run) {
  const fs::path named = path.has_filename() ? path : path.parent_path();  // "x.h5.spool/"
  const fs::path output =
      follow_links(named.extension() == ".spool" ? fs::path(named).replace_extension() : named);
  if (output.filename().empty() || output.filename() == "." || output.filename() == ".." ||
      fs::is_directory(output))
    fail("'{}' is a folder, not a result file or its spool: name one, such as results/x.h5",
         path.string());
  std::vector<Leftover> found;
  if (is_there(lock_path(output)))
    found.push_back({lock_path(output), "the lock of a process that has ended", true});
  std::unique_ptr<FileLock> lock;
  if (dry_run)
    FileLock::expect_free(lock_path(output));
  else
    lock = std::make_unique<FileLock>(lock_path(output));
  for (const fs::path& target : {output, lock_path(output)})
    for (const fs::path& file : temporaries_of(target))
      found.push_back({file, "incomplete file of a killed run", true});
  for (const fs::path& file : abandoned_plans(output))
    found.push_back({file, "incomplete plan of a killed run", true});
  look_into_spool(output, found);
  if (found.empty() && !is_there(output) && !is_there(spool_path(output)) &&
      !is_there(plan_path(output)))
    fail("{} does not exist, and neither does its spool: name a result file or its spool",
         path.string());
  if (dry_run) return found;
  for (const Leftover& leftover : found)
    if (leftover.goes && leftover.path != lock_path(output)) {
      if (leftover.path == spool_path(output))
        remove_empty_spool(leftover.path);
      else
        remove_file(leftover.path);
    }
  return found;
}

}  // namespace ravine
