#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// AdamW: Adam with weight decay outside the adaptive step.
///
///   s, r, s^, r^ as in Adam;   theta <- theta - eps (s^ / (sqrt(r^) + epsilon) + lambda theta)
///
/// Loshchilov and Hutter (2019), Algorithm 2, in its letters; `weight_decay` is lambda. The
/// lecture's Adam (L18) has rho1, rho2 and delta for beta1, beta2 and epsilon.
/// **Deviates:** the decay is multiplied by eps, as in PyTorch; the paper multiplies it by the
/// schedule only, so that its lambda is eps_0 times ours.
struct AdamW {
  static constexpr std::string_view kName = "adamw";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;

  template <class F>
  void fields(F&& field) {
    field({"beta1", "rho1"}, beta1, "[0, 1)", "decay rate of the mean gradient",
          "one_minus_log(0.5, 0.99)");
    field({"beta2", "rho2"}, beta2, "[0, 1)", "decay rate of the mean square",
          "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "delta", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  auto at(const StepInfo& info) const {
    const double weight1 = 1 - integer_power(beta1, info.step);
    const double weight2 = 1 - integer_power(beta2, info.step);
    const Real eps = Real(info.learning_rate / weight1), scale = Real(1 / weight2);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    const Real kept = Real(decay(info));
    return [=](Real theta, Real g, Real& s, Real& r) {
      s = keep1 * s + take1 * g;
      r = keep2 * r + take2 * (g * g);
      return kept * theta - eps * s / (std::sqrt(scale * r) + d);
    };
  }
};

}  // namespace ravine
