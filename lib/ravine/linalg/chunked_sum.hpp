#pragma once

#include <array>
#include <cstddef>

#include "ravine/core/parallel.hpp"

namespace ravine {

/// Sum of term(i) over i < count in double, with the same bits for any number of threads. `term` is
/// called once for each i and may write what belongs to i.
template <class Term>
double chunked_sum(Threads threads, std::size_t count, Term term) {
  constexpr std::size_t kChunk = 16384, kSums = 8;
  // Interleaved sums leave the compiler nothing to reorder and still fill its vectors.
  const auto piece = [&](std::size_t begin, std::size_t end) {
    std::array<double, kSums> sums{};
    std::size_t i = begin;
    for (; i + kSums <= end; i += kSums)
      for (std::size_t k = 0; k < kSums; ++k) sums[k] += term(i + k);
    for (std::size_t k = 0; i < end; ++i, ++k) sums[k] += term(i);
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
           ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  };
  // Short vectors are most of what L-BFGS adds up on small problems: no detour for one piece.
  if (count <= kChunk) return 0 + piece(0, count);
  return parallel_sum(threads, count, kChunk, piece);
}

}  // namespace ravine
