#pragma once

#include <filesystem>

#include "ravine/export.hpp"

namespace ravine {

/// Holds a lock file while it lives, so that no two processes work on one output.
///
/// The kernel decides (an fcntl lock of the open file, F_OFD_SETLK): it ends with its process,
/// however that ends, so a file left by a killed process stops nobody. The file says who holds it:
/// host, pid, start time and Slurm job, one "key=value" per line. A second lock, also of the same
/// process, throws Error naming the holder.
class RAVINE_EXPORT FileLock {
 public:
  explicit FileLock(std::filesystem::path path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace ravine
