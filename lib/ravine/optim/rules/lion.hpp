#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Lion: the sign of an interpolated momentum; every parameter moves by eps.
///
///   c = beta1 m + (1 - beta1) g;   theta <- theta - eps (sign(c) + lambda theta)
///   m <- beta2 m + (1 - beta2) g
///
/// Chen et al. (2023), Algorithm 2, in its letters; `weight_decay` is lambda, sign(0) = 0. `rho1`
/// and `rho2`, as in the lecture's Adam, are understood, too.
struct Lion {
  static constexpr std::string_view kName = "lion";
  static constexpr std::array<std::string_view, 1> kState = {"m"};
  static constexpr RateRange kLearningRate = {1e-4, "log(1e-6, 0.01)"};
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0;

  template <class F>
  void fields(F&& field) {
    field({"beta1", "rho1"}, beta1, "[0, 1)", "fraction of the momentum in the step",
          "one_minus_log(0.5, 0.99)");
    field({"beta2", "rho2"}, beta2, "[0, 1)", "decay rate of the momentum",
          "one_minus_log(0.9, 0.999)");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps");
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate);
    const Real kept = Real(decay(info));
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2);
    return [=](Real theta, Real g, Real& m) {
      const Real c = keep1 * m + take1 * g;
      const Real sign = Real(c > 0) - Real(c < 0);
      m = keep2 * m + take2 * g;
      return kept * theta - eps * sign;
    };
  }
};

}  // namespace ravine
