#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Grams: how far from Adam, which way from the gradient of the moment.
///
///   s, r, s^, r^ as in Adam;   theta <- theta - eps |s^ / (sqrt(r^) + epsilon)| sign(g)
///
/// Cao, Li and Song (2024), Algorithm 1; sign(0) = 0.
struct Grams {
  static constexpr std::string_view kName = "grams";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
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
      const Real length = std::abs(eps * s / (std::sqrt(scale * r) + d));
      return kept * theta - length * (Real(g > 0) - Real(g < 0));
    };
  }
};

}  // namespace ravine
