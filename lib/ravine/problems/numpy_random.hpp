#pragma once

#include <cstdint>
#include <random>

#include "ravine/export.hpp"

namespace ravine {

/// The numbers of numpy's legacy RandomState(seed), for published problems that are defined by
/// them: MT19937 (Matsumoto and Nishimura 1998), whose words the C++ standard fixes.
/// Everything else of ravine draws from RandomStream. Not thread-safe.
class RAVINE_EXPORT NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed) : engine_(seed) {}

  /// random_sample(): uniform in [0, 1) with 53 bits, (a 2^26 + b) / 2^53 from two words.
  double uniform();
  /// uniform(low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// standard_normal(): Marsaglia's polar method; the second of a pair is kept for the next call.
  /// **Deviates:** takes portable_log, so the last bits may differ from numpy's.
  double normal();

 private:
  std::mt19937 engine_;
  bool has_kept_ = false;
  double kept_ = 0;
};

}  // namespace ravine
