#pragma once

#include <cstddef>

#include "ravine/core/real.hpp"
#include "ravine/linalg/products.hpp"

namespace ravine {

/// A factor of a product: element (i, j) is data[i * row_step + j * col_step], one step being 1.
struct Factor {
  const Real* data;
  std::size_t row_step, col_step;

  Factor at(std::size_t i, std::size_t j) const {
    return {data + i * row_step + j * col_step, row_step, col_step};
  }
};

/// C(rows, cols) = A(rows, depth) B(depth, cols), added to what C holds or to zeros.
///
///   c_ij <- c_ij + sum_K (sum_{k in K} a_ik b_kj)    over the blocks K of 256 successive k
///
/// with a fused multiply-add for each k, in their order: an element has the same bits wherever it
/// lies in a tile, and whatever else is in it. Single-threaded. Thread-safe.
void multiply_tile(Factor a, Factor b, Real* c, std::size_t c_step, std::size_t rows,
                   std::size_t cols, std::size_t depth, Start start);

}  // namespace ravine
