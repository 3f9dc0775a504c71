#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Lion: the sign of an interpolated momentum; every parameter moves by eps.
///
///   c = rho1 m + (1 - rho1) g;   theta <- theta - eps (sign(c) + lambda theta)
///   m <- rho2 m + (1 - rho2) g
///
/// Chen et al. (2023), Algorithm 2, where rho1 and rho2 are beta1 and beta2 and `weight_decay` is
/// lambda; sign(0) = 0.
struct Lion {
  static constexpr std::string_view kName = "lion";
  static constexpr std::array<std::string_view, 1> kState = {"m"};
  static constexpr RateRange kLearningRate = {1e-4, "log(1e-6, 0.01)"};
  double rho1 = 0.9;
  double rho2 = 0.99;
  double weight_decay = 0;

  template <class F>
  void fields(F&& field) {
    field("rho1", rho1, "[0, 1)", "share of the momentum in the step (beta1)",
          "one_minus_log(0.5, 0.99)");
    field("rho2", rho2, "[0, 1)", "share of the momentum that is kept (beta2)",
          "one_minus_log(0.9, 0.999)");
    field("weight_decay", weight_decay, "[0, inf)", "rate at which weights decay, times eps");
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate);
    const Real decay = Real(1 - info.learning_rate * weight_decay);
    const Real keep1 = Real(rho1), take1 = Real(1 - rho1);
    const Real keep2 = Real(rho2), take2 = Real(1 - rho2);
    return [=](Real theta, Real g, Real& m) {
      const Real c = keep1 * m + take1 * g;
      const Real sign = Real(c > 0) - Real(c < 0);
      m = keep2 * m + take2 * g;
      return decay * theta - eps * sign;
    };
  }
};

}  // namespace ravine
