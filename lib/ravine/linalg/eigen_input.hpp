#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "ravine/linalg/matrix.hpp"

namespace ravine {

/// Throws the Error for an n x n matrix whose eigenvalues are not found.
[[noreturn]] void refuse_eigenvalues(std::size_t n, bool finite);

/// Sums of squares below it, in a matrix whose elements are about 1, are nothing to take away:
/// their reflectors would be made of subnormal numbers.
inline constexpr double kNoSquares = 1e-290;

/// The power of two that brings the largest |a_ij| into [1/2, 1), so that squares neither overflow
/// nor vanish, and scaling costs no bit. Throws Error if A is not finite.
inline double power_of_two_scale(MatrixView<const double> a) {
  double largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (!std::isfinite(a.data[k])) refuse_eigenvalues(a.rows, false);
    largest = std::max(largest, std::abs(a.data[k]));
  }
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, -std::max(exponent, -1000));
}

}  // namespace ravine
