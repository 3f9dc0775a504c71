#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ravine/export.hpp"

namespace ravine {

/// While it lives, SIGINT, SIGTERM and SIGUSR1 set `requested()` instead of ending the process, and
/// so does the end of the time limit (0: none). A second SIGINT, from somebody who will not wait,
/// ends the process at once with exit code 75; the others may be repeated, as batch systems do.
/// What is stored stays stored either way. One object at a time in a process.
class RAVINE_EXPORT StopRequest {
 public:
  explicit StopRequest(double time_limit_seconds);
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  std::atomic<bool>& requested();

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread timer_;
};

}  // namespace ravine
