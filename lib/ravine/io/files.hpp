#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// Throws for a failed system call that left errno = `code` while doing `action` ("write", "open")
/// to `path`. IoError if the machine is at fault (disk full, quota, I/O error), Error if the path
/// is (no permission, no such folder).
[[noreturn]] RAVINE_EXPORT void fail_system(int code, std::string_view action,
                                            const std::filesystem::path& path);

/// Makes a folder and its parents; it is no error if they exist.
RAVINE_EXPORT void create_folders(const std::filesystem::path& folder);

/// The whole content of a small file.
RAVINE_EXPORT std::vector<std::byte> read_bytes(const std::filesystem::path& path);

/// Overwrites a file in place and flushes it to the disk. A reader may see half of it: use
/// replace_file for results.
RAVINE_EXPORT void write_bytes(const std::filesystem::path& path,
                               std::span<const std::byte> content);

/// Replaces a file as a whole: after a crash or a full disk `path` holds the old content or the
/// new one, never a part. Thread-safe, also for one path.
RAVINE_EXPORT void replace_file(const std::filesystem::path& path,
                                std::span<const std::byte> content);

/// The same for files that somebody else writes step by step: write temporary(), close it, then
/// commit(). Without commit() the destructor removes the temporary file and the target stays.
class RAVINE_EXPORT AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& target() const { return target_; }
  /// A new name in the folder of the target, ".<target>.<host>-<pid>-<n>.tmp".
  const std::filesystem::path& temporary() const { return temporary_; }
  /// Flushes the temporary file, gives it the name of the target and flushes the folder.
  void commit();

 private:
  std::filesystem::path target_, temporary_;
  bool committed_ = false;
};

/// Whether AtomicFile gives names of this form; such a file is a leftover of a killed process.
RAVINE_EXPORT bool is_temporary(const std::filesystem::path& path);

}  // namespace ravine
