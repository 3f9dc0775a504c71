#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Adan: Nesterov momentum from differences of gradients, in an adaptive step.
///
///   d = g - g_last;   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) d
///   n <- beta3 n + (1 - beta3) (g + beta2 d)^2
///   theta <- (theta - eps (m^ + beta2 v^) / (sqrt(n^) + epsilon)) / (1 + eps lambda)
///
/// with Adam's corrections; d = 0 in the first step. Xie, Zhou, Li, Lin and Yan (2022), Algorithm
/// 1. `no_prox` decays first instead: theta <- (1 - eps lambda) theta - eps (...).
/// beta2 = 0 is Adam with beta1 and beta3 for its betas.
/// **Deviates:** the betas are those of the authors' code (sail-sg/Adan) and of all other rules
/// here; the paper's are one minus these. The corrections are the code's.
struct Adan {
  static constexpr std::string_view kName = "adan";
  static constexpr std::array<std::string_view, 4> kState = {"m", "v", "n", "g_last"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.98;
  double beta2 = 0.92;
  double beta3 = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0;
  bool no_prox = false;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.9, 0.999)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean difference",
          "one_minus_log(0.5, 0.99)");
    field("beta3", beta3, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
    field("no_prox", no_prox, "", "decay by 1 - eps lambda before the step");
  }

  double decay(const StepInfo& info) const {
    const double shrink = info.learning_rate * weight_decay;
    return no_prox ? 1 - shrink : 1 / (1 + shrink);
  }

  auto at(const StepInfo& info) const {
    const double weight1 = 1 - integer_power(beta1, info.step);
    const double weight2 = 1 - integer_power(beta2, info.step);
    const double weight3 = 1 - integer_power(beta3, info.step);
    const double shrink = info.learning_rate * weight_decay;
    const Real eps_m = Real(info.learning_rate / weight1);
    const Real eps_v = Real(info.learning_rate * beta2 / weight2), scale = Real(1 / weight3);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2);
    const Real keep3 = Real(beta3), take3 = Real(1 - beta3), d0 = Real(epsilon);
    const Real before = Real(no_prox ? 1 - shrink : 1), after = Real(no_prox ? 1 : 1 + shrink);
    const Real since = Real(info.step > 1);
    return [=](Real theta, Real g, Real& m, Real& v, Real& n, Real& g_last) {
      const Real d = since * (g - g_last);
      const Real ahead = g + keep2 * d;
      m = keep1 * m + take1 * g;
      v = keep2 * v + take2 * d;
      n = keep3 * n + take3 * (ahead * ahead);
      g_last = g;
      return (before * theta - (eps_m * m + eps_v * v) / (std::sqrt(scale * n) + d0)) / after;
    };
  }
};

}  // namespace ravine
