#pragma once

#include <cstddef>

#include "ravine/core/real.hpp"

namespace ravine {

/// A factor of a product: element (i, j) is data[i * row_step + j * col_step], one step being 1.
struct Factor {
  const Real* data;
  std::size_t row_step, col_step;

  Factor at(std::size_t i, std::size_t j) const {
    return {data + i * row_step + j * col_step, row_step, col_step};
  }
};

/// What a product is added to: rows that are `step` apart (0: one row for all), or zeros.
struct Addend {
  const Real* data = nullptr;  // nullptr: zeros
  std::size_t step = 0;

  Addend at(std::size_t i, std::size_t j) const {
    return data ? Addend{data + i * step + j, step} : *this;
  }
};

/// C(rows, cols) = addend + A(rows, depth) B(depth, cols):
///
///   c_ij = addend_ij + sum_K (sum_{k in K} a_ik b_kj)    over the blocks K of 256 successive k
///
/// with a fused multiply-add for each k, in their order: an element has the same bits wherever it
/// lies in a tile, and whatever else is in it. The addend may be C itself. Single-threaded.
/// Thread-safe.
void multiply_tile(Factor a, Factor b, Addend addend, Real* c, std::size_t c_step, std::size_t rows,
                   std::size_t cols, std::size_t depth);

}  // namespace ravine
