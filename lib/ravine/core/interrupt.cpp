#include "ravine/core/interrupt.hpp"

#include <chrono>

namespace ravine {

void Interrupt::judge() const {
  using std::chrono::nanoseconds, std::chrono::steady_clock;
  const std::int64_t now =
      std::chrono::duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
  std::int64_t seen = 0;
  if (seen_ns_.compare_exchange_strong(seen, now)) seen = now;
  if (static_cast<double>(now - seen) * 1e-9 >= grace_seconds_) throw Interrupted();
}

}  // namespace ravine
