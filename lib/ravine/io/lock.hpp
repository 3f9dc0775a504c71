#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include "ravine/export.hpp"

namespace ravine {

/// Holds a lock file while it lives, so that no two processes work on one output.
///
/// The kernel decides (an fcntl lock of the open file, F_OFD_SETLK): it ends with its process,
/// however that ends, so a file left by a killed process stops nobody. Some network file systems
/// lock within one host only. So the file also says who holds it (host, pid, start time, Slurm job,
/// heartbeat; one "key=value" per line) and is written anew every kHeartbeatSeconds: what another
/// host wrote less than kStaleSeconds ago holds, too, unless it was the same Slurm job, started
/// again here. Ages are those of the file system, by its own clock. A second lock, also of the same
/// process, throws Error naming the holder.
class RAVINE_EXPORT FileLock {
 public:
  static constexpr int kHeartbeatSeconds = 30, kStaleSeconds = 300;

  explicit FileLock(std::filesystem::path path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  void write_holder() const;
  void keep_alive(const std::stop_token& stop);

  std::filesystem::path path_;
  std::string holder_;  // who this is, without the heartbeat
  int descriptor_ = -1;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread heart_;
};

}  // namespace ravine
