#pragma once

#include <cstddef>

namespace ravine::rows {

// Loops over rows of numbers in double, for the factorizations of this folder. Their order of
// additions is fixed, and a compiler may still fill its vectors.

/// sum_i a_i b_i in eight interleaved sums.
inline double dot(const double* a, const double* b, std::size_t count) {
  double sums[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (std::size_t k = 0; k < 8; ++k) sums[k] += a[i + k] * b[i + k];
  for (std::size_t k = 0; i < count; ++i, ++k) sums[k] += a[i] * b[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/// y <- y + c x.
inline void add_scaled(double c, const double* x, double* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] += c * x[i];
}

}  // namespace ravine::rows
