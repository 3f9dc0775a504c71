#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "ravine/export.hpp"

namespace ravine {

class Descriptor;

/// Holds a lock file while it lives, so that no two processes work on one output.
///
/// The kernel decides (an fcntl lock of the open file, F_OFD_SETLK): it ends with its process,
/// however that ends, so a file left by a killed process stops nobody. Some network file systems
/// lock within one host only. So the file also says who holds it (host, pid, start time, Slurm job,
/// task and attempt, heartbeat; one "key=value" per line) and is written anew every
/// kHeartbeatSeconds: what another host wrote less than kStaleSeconds ago holds, too, unless it was
/// an earlier attempt of the same task of a Slurm job, which Slurm has started again here. Ages are
/// those of the file system, by its own clock; a time to come counts from now on.
///
/// A second lock, also of the same process, throws IoError naming the holder: it can be had later.
/// What is not a lock of ravine (a link, another file) is left alone, with Error.
class RAVINE_EXPORT FileLock {
 public:
  static constexpr int kHeartbeatSeconds = 30, kStaleSeconds = 300;

  explicit FileLock(std::filesystem::path path);
  /// Removes the file if it is still its own.
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// Throws IoError if the lock was taken over or removed meanwhile: this process was silent for
  /// too long, and another one may be writing. Thread-safe.
  void expect_held() const;

  /// Throws as the constructor would; makes and removes nothing.
  static void expect_free(const std::filesystem::path& path);

 private:
  bool is_held() const;
  void write_holder() const;
  void keep_alive(const std::stop_token& stop);

  std::filesystem::path path_;
  std::string holder_;  // who this is, without the heartbeat
  std::unique_ptr<Descriptor> file_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread heart_;
};

}  // namespace ravine
