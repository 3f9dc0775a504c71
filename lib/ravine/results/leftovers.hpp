#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ravine/export.hpp"

/// What lies beside an output, and what killed runs have left of it. It all belongs to who holds
/// the lock of the output.
namespace ravine {

/// "results/x.h5.lock" and "results/x.h5.spool" for "results/x.h5".
RAVINE_EXPORT std::filesystem::path lock_path(const std::filesystem::path& output);
RAVINE_EXPORT std::filesystem::path spool_path(const std::filesystem::path& output);

/// Which file lies under a name, and in which state; all zero for none.
struct FileStamp {
  std::uint64_t device = 0, inode = 0, bytes = 0;
  std::int64_t seconds = 0, nanoseconds = 0;
  bool operator==(const FileStamp&) const = default;
};
RAVINE_EXPORT FileStamp stamp_of(const std::filesystem::path& path);

/// Removes the temporary files of an output and of its lock. Only for who holds the lock.
RAVINE_EXPORT void remove_leftovers_of(const std::filesystem::path& output);

/// One file or folder beside an output, and what is done with it.
struct Leftover {
  std::filesystem::path path;
  std::string what;
  bool goes = false;
};

/// Everything beside an output that runs have left, and whether it goes: temporary files,
/// checkpoints of trials that are stored, what was set aside, empty spools and the lock of a dead
/// process go; finished trials, checkpoints of others and what is not ravine's stay. `dry_run` only
/// looks. Throws IoError if the output is in use, Error if what lies there is not ravine's.
RAVINE_EXPORT std::vector<Leftover> tidy(const std::filesystem::path& output, bool dry_run);

}  // namespace ravine
