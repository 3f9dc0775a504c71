#include "ravine/problems/numpy_random.hpp"

#include <cmath>

#include "ravine/core/portable.hpp"

namespace ravine {

double NumpyRandom::uniform() {
  const auto a = static_cast<double>(engine_() >> 5), b = static_cast<double>(engine_() >> 6);
  return (a * 67108864 + b) / 9007199254740992;
}

double NumpyRandom::normal() {
  if (has_kept_) {
    has_kept_ = false;
    return kept_;
  }
  double x1, x2, r2;
  do {
    x1 = 2 * uniform() - 1;
    x2 = 2 * uniform() - 1;
    r2 = x1 * x1 + x2 * x2;
  } while (r2 >= 1 || r2 == 0);
  const double f = std::sqrt(-2 * portable_log(r2) / r2);
  kept_ = f * x1;
  has_kept_ = true;
  return f * x2;
}

}  // namespace ravine
