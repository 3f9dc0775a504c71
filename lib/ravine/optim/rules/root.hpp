#pragma once

#include <cmath>

#include "ravine/core/real.hpp"

namespace ravine {

/// The guarded root of the adaptive rules: delta + sqrt(r), as the lecture prints it, or
/// sqrt(delta + r), as the Deep Learning book has it for RMSProp (Goodfellow et al. 2016,
/// Algorithm 8.5). The two differ where r is near delta.
class GuardedRoot {
 public:
  GuardedRoot(double delta, bool inside)
      : inside_(Real(inside ? delta : 0)), outside_(Real(inside ? 0 : delta)) {}

  // Adding zero changes no bit of r >= 0, so one expression serves both without a branch.
  Real operator()(Real r) const { return outside_ + std::sqrt(inside_ + r); }

 private:
  Real inside_, outside_;
};

}  // namespace ravine
