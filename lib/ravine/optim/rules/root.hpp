#pragma once

#include <cmath>

#include "ravine/core/real.hpp"

namespace ravine {

/// The guarded root of the adaptive rules: epsilon + sqrt(r), as the lecture prints it
/// (its delta is epsilon here), or
/// sqrt(epsilon + r), as the Deep Learning book has it for RMSProp (Goodfellow et al. 2016,
/// Algorithm 8.5). The two differ where r is near epsilon.
class GuardedRoot {
 public:
  GuardedRoot(double epsilon, bool inside)
      : inside_(Real(inside ? epsilon : 0)), outside_(Real(inside ? 0 : epsilon)) {}

  // Adding zero changes no bit of r >= 0, so one expression serves both without a branch.
  Real operator()(Real r) const { return outside_ + std::sqrt(inside_ + r); }

 private:
  Real inside_, outside_;
};

}  // namespace ravine
