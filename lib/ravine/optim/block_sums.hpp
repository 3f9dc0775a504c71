#pragma once

#include <span>

#include "ravine/core/layout.hpp"
#include "ravine/linalg/stats.hpp"

namespace ravine {

// What rules over everything (a global norm, one step size for all) sum between two passes: over
// the blocks of a layout, which may be a part of the vector, in their order. No bit depends on
// threads.

/// sum of a_i b_i over the blocks.
inline double block_dot(Threads threads, const ParameterLayout& layout, std::span<const Real> a,
                        std::span<const Real> b) {
  double sum = 0;
  for (const Block& block : layout.blocks()) sum += dot(threads, block.of(a), block.of(b));
  return sum;
}
/// sum of a_i^2 over the blocks.
inline double block_squared_norm(Threads threads, const ParameterLayout& layout,
                                 std::span<const Real> a) {
  double sum = 0;
  for (const Block& block : layout.blocks()) sum += squared_norm(threads, block.of(a));
  return sum;
}

}  // namespace ravine
