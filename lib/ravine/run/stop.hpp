#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ravine/export.hpp"

namespace ravine {

/// While it lives, the signals that batch systems send before they kill (SIGHUP, SIGTERM, SIGINT,
/// SIGUSR1, SIGUSR2, SIGXCPU), and the end of the time limit, stop the program resumably.
///
/// At first, while a program plans, nothing is there to be stored: the process ends at once with
/// exit code 75. From begin_storing() on they set `requested()` instead; then a second SIGINT, from
/// somebody who will not wait, ends the process at once with 75, while the others may be repeated,
/// as batch systems do. What is stored stays stored either way. SIGHUP stays ignored under nohup;
/// SIGQUIT keeps its meaning, a core dump of a program that hangs. One object at a time in a
/// process.
class RAVINE_EXPORT StopRequest {
 public:
  StopRequest();
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  /// Stops after so many seconds from now; 0: never. Called at most once.
  void limit(double seconds);
  void begin_storing();
  std::atomic<bool>& requested();

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread timer_;
};

}  // namespace ravine
