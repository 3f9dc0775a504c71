#pragma once

#include <cstddef>

#include "ravine/core/real.hpp"

namespace ravine::kernels {

/// Loops whose rate is the most that one thread does with the vectors of an instruction set.
struct Probes {
  static constexpr std::size_t kSums = 12, kRoots = 6, kRounds = 2000;

  std::size_t lanes;              // Reals of a vector
  void (*fused_multiply_adds)();  // kSums x kRounds vectors
  void (*integer_multiplies)();   // kSums x kRounds vectors with lanes of 64 bits
  void (*roots_and_quotients)();  // kRoots x kRounds vectors
  void (*copy)(const Real* from, Real* to, std::size_t count);  // count: whole vectors
};

// probes.cpp, compiled for the instruction set of all programs and for wider ones.
namespace base {
extern const Probes kProbes;
}
namespace avx512 {
extern const Probes kProbes;
}

}  // namespace ravine::kernels
