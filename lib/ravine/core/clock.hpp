#pragma once

#include <chrono>

namespace ravine {

/// A stopwatch that can be paused: the training clock, on which averaging, evaluation, recording
/// and I/O do not run.
class Stopwatch {
 public:
  void start() {
    started_ = Clock::now();
    running_ = true;
  }
  void pause() {
    elapsed_seconds_ = seconds();
    running_ = false;
  }
  double seconds() const {
    if (!running_) return elapsed_seconds_;
    return elapsed_seconds_ + std::chrono::duration<double>(Clock::now() - started_).count();
  }
  /// Continues from a stored reading (a resumed trial).
  void set(double seconds) {
    elapsed_seconds_ = seconds;
    running_ = false;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point started_;
  double elapsed_seconds_ = 0;
  bool running_ = false;
};

}  // namespace ravine
