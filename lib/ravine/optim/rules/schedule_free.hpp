#pragma once

#include <array>
#include <string_view>

#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Schedule-Free SGD: an average that is trained instead of only measured.
///
///   g at y = (1 - beta) z + beta theta;   z <- z - eps g;   theta <- theta + (z - theta) / (t + 1)
///
/// Defazio et al. (2024), equations 3 to 5, where theta is x; z starts at theta_0. beta = 0 is the
/// Polyak average of gradient descent, beta = 1 is primal averaging.
struct ScheduleFree {
  static constexpr std::string_view kName = "schedule_free";
  static constexpr std::array<std::string_view, 1> kState = {"z"};
  double beta = 0.9;

  template <class F>
  void fields(F&& field) {
    field("beta", beta, "[0, 1]", "where the gradient is taken: 0 at z, 1 at the average");
  }

  auto lookahead(const StepInfo& info) const {
    const bool first = info.step == 1;
    const Real b = Real(beta), rest = Real(1 - beta);
    return [=](Real theta, Real z) { return first ? theta : rest * z + b * theta; };
  }

  auto at(const StepInfo& info) const {
    const bool first = info.step == 1;
    const Real eps = Real(info.learning_rate);
    const Real share = Real(1 / (static_cast<double>(info.step) + 1));
    return [=](Real theta, Real g, Real& z) {
      z = (first ? theta : z) - eps * g;
      return theta + share * (z - theta);
    };
  }
};

}  // namespace ravine
