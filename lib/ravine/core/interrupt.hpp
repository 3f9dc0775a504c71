#pragma once

#include <atomic>
#include <cstdint>

#include "ravine/export.hpp"

namespace ravine {

/// Thrown out of a computation that is abandoned. Not a std::exception: whoever handles failures
/// must not take it for one.
struct RAVINE_EXPORT Interrupted {};

/// Ends work that does not come to an end by itself soon enough after `stop` was set. It is polled
/// between the chunks of every parallel loop. Thread-safe.
class RAVINE_EXPORT Interrupt {
 public:
  /// `grace_seconds` after the first poll that sees `stop` the work is abandoned; until then a
  /// short step may finish.
  explicit Interrupt(const std::atomic<bool>& stop, double grace_seconds = 1)
      : stop_(stop), grace_seconds_(grace_seconds) {}

  /// Throws Interrupted once the grace is over; one load as long as nobody asks to stop.
  void poll() const {
    if (stop_.load(std::memory_order_relaxed)) judge();
  }

 private:
  void judge() const;

  const std::atomic<bool>& stop_;
  const double grace_seconds_;
  mutable std::atomic<std::int64_t> seen_ns_ = 0;  // on the steady clock; 0: not yet
};

}  // namespace ravine
