#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>

#include "ravine/core/parallel.hpp"
#include "ravine/core/real.hpp"

namespace ravine {

// Loops over the elements of a block, for rules that are not by element alone: each in one fused,
// vectorized pass on all threads. Functions of one element have the same bits in any chunk, thread
// or vector lane, and sums a fixed order. What they leave counts as zero if it is subnormal.
// Nothing is allocated. Thread-safe.

namespace detail {
inline constexpr std::size_t kSweepChunk = 16384;

// Processors take up to a hundred times as long for an operation on a subnormal number, and a
// decaying average never leaves them by itself: 0.9 of the smallest one rounds to the same again.
inline Real without_subnormal(Real x) {
  return std::abs(x) < std::numeric_limits<Real>::min() ? Real{0} : x;
}
template <class T>
void flush(T& x) {
  if constexpr (!std::is_const_v<T>) x = without_subnormal(x);
}

template <class F, class... T>
void sweep_chunk(const F f, std::size_t n, T* __restrict... x) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    f(x[i]...);
    (flush(x[i]), ...);
  }
}

// Eight interleaved sums, as in linalg/stats: one alone would wait for every addition.
template <class F, class... T>
double sum_chunk(const F f, std::size_t n, T* __restrict... x) {
  constexpr std::size_t kLanes = 8;
  std::array<double, kLanes> lanes = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t k = 0; k < kLanes; ++k) {
      lanes[k] += double{f(x[i + k]...)};
      (flush(x[i + k]), ...);
    }
  for (std::size_t k = 0; i < n; ++i, ++k) {
    lanes[k] += double{f(x[i]...)};
    (flush(x[i]), ...);
  }
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  return sum;
}
}  // namespace detail

/// 1 where a and b point the same way, else 0: the sign of a b, which small numbers do not lose.
inline Real same_sign(Real a, Real b) {
  return Real(a > 0) * Real(b > 0) + Real(a < 0) * Real(b < 0);
}

/// f(a_i, b_i, ...) for all i; f may change those that it takes by reference. The spans have one
/// length and do not overlap.
template <class F, class First, class... Rest>
void sweep(Threads threads, F f, std::span<First> a, std::span<Rest>... rest) {
  parallel_chunks(threads, a.size(), detail::kSweepChunk, [&](std::size_t begin, std::size_t end) {
    detail::sweep_chunk(f, end - begin, a.data() + begin, (rest.data() + begin)...);
  });
}

/// sum_i f(a_i, b_i, ...) in double; f may change what it takes by reference, as above.
template <class F, class First, class... Rest>
double sweep_sum(Threads threads, F f, std::span<First> a, std::span<Rest>... rest) {
  return parallel_sum(
      threads, a.size(), detail::kSweepChunk, [&](std::size_t begin, std::size_t end) {
        return detail::sum_chunk(f, end - begin, a.data() + begin, (rest.data() + begin)...);
      });
}

}  // namespace ravine
