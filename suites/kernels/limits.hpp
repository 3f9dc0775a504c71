#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace ravine::kernels {

/// A level of the memory hierarchy: what fits into it, and how fast one thread copies inside it.
/// Copied bytes count twice, once read and once written (McCalpin 1995, STREAM "Copy"). A copy also
/// brings its target into the cache before it is overwritten: work in place and work that only
/// reads move fewer lines for as many bytes, and may be up to about twice as fast.
struct MemoryLevel {
  std::string_view name;           // "L1", "L2", "L3", "memory"
  std::size_t capacity_bytes = 0;  // of memory: unlimited
  double bytes_per_second = 0;
};

/// The most that one thread of this machine does, measured in the run whose rows it bounds.
struct Limits {
  double flops_per_second = 0;       // fused multiply-adds in the library's vectors, 2 each
  double multiplies_per_second = 0;  // 32 x 32 -> 64 bits, in the library's vectors
  double roots_per_second = 0;       // a square root and a division of one number, in vectors
  std::array<MemoryLevel, 4> memory;

  /// The smallest level that holds a working set.
  const MemoryLevel& level(std::size_t working_set_bytes) const;
};

/// Takes about two seconds; every number is the best of many short runs.
Limits measure_limits();

}  // namespace ravine::kernels
