#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/nadam.hpp"

namespace ravine {

/// NAdamW: NAdam with weight decay outside the adaptive step.
///
///   s, r, s^, r^ as in NAdam;   theta <- theta - eps (s^ / (sqrt(r^) + epsilon) + lambda theta)
///
/// Dozat (2016), Algorithm 2, with the decay of Loshchilov and Hutter (2019): the baseline of
/// AlgoPerf (Dahl et al. 2023). lambda = 0 is NAdam.
/// **Deviates:** as NAdam does: beta1 is constant.
struct NAdamW {
  static constexpr std::string_view kName = "nadamw";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;

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
    const NAdam nadam{beta1, beta2, epsilon};
    return [step = nadam.at(info), kept = Real(decay(info))](Real theta, Real g, Real& s, Real& r) {
      return step(kept * theta, g, s, r);
    };
  }
};

}  // namespace ravine
