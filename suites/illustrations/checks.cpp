#include "checks.hpp"

namespace ravine::illustrations {

std::vector<Check> all_checks() {
  std::vector<Check> all;
  for (const auto& theme : {gradient_checks, momentum_checks, adaptive_checks, curvature_checks,
                            paper_checks, identity_checks}) {
    const std::vector<Check> checks = theme();
    all.insert(all.end(), checks.begin(), checks.end());
  }
  return all;
}

}  // namespace ravine::illustrations
