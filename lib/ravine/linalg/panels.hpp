#pragma once

#include <array>
#include <cstddef>

#include "ravine/core/parallel.hpp"

namespace ravine {

/// Columns that are worked on together: their sums stay in the L1 cache while rows pass by.
inline constexpr std::size_t kPanelCols = 64;

/// One double per column of a panel.
using Panel = std::array<double, kPanelCols>;

/// Calls f(begin, end) for panels of columns of a (rows, cols) matrix; small matrices take no
/// threads. Columns never share a sum, so the cut has no influence on bits.
template <class F>
void for_column_panels(Threads threads, std::size_t rows, std::size_t cols, F&& f) {
  constexpr std::size_t kSmall = 1 << 15;
  parallel_chunks(rows * cols < kSmall ? Threads{1} : threads, cols, kPanelCols, f);
}

/// Calls f(begin, end) for pieces of [0, count) elements; short ranges take no threads.
template <class F>
void for_elements(Threads threads, std::size_t count, F&& f) {
  parallel_chunks(threads, count, std::size_t{1} << 15, f);
}

}  // namespace ravine
