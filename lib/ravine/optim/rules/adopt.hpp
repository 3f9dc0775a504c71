#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// ADOPT: Adam that divides a gradient by the mean square of those before it, which is why it
/// converges for every beta2.
///
///   t = 1:  v = g^2, and theta stays
///   after:  n = clip(g / max(sqrt v, epsilon), (t - 1)^(1/4));   m <- beta1 m + (1 - beta1) n
///           theta <- theta - eps (m + lambda theta);   v <- beta2 v + (1 - beta2) g^2
///
/// where clip(x, c) is in [-c, c]. Taniguchi et al. (2024), Algorithm 2 (clipped). `clip=false` is
/// Algorithm 1, which the authors found unstable at the start. Defaults: those of their code
/// (iShohei220/adopt).
/// **Deviates:** the decay is decoupled; decay(inner=adopt, how=coupled) is their default.
struct Adopt {
  static constexpr std::string_view kName = "adopt";
  static constexpr std::array<std::string_view, 2> kState = {"m", "v"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.9999;
  double epsilon = 1e-6;
  double weight_decay = 0;
  bool clip = true;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the momentum", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.99999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "least root that divides");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
    field("clip", clip, "", "clip g / sqrt(v) to (t - 1)^(1/4)");
  }

  double decay(const StepInfo& info) const {
    return info.step > 1 ? 1 - info.learning_rate * weight_decay : 1;
  }

  auto at(const StepInfo& info) const {
    const bool first = info.step == 1;
    const double quarter = std::sqrt(std::sqrt(static_cast<double>(info.step - 1)));
    const Real most = clip ? Real(quarter) : std::numeric_limits<Real>::max();
    const Real eps = Real(first ? 0 : info.learning_rate), kept = Real(decay(info));
    const Real keep1 = Real(first ? 0 : beta1), take1 = Real(first ? 0 : 1 - beta1);
    const Real keep2 = Real(first ? 0 : beta2), take2 = Real(first ? 1 : 1 - beta2);
    const Real d = Real(epsilon);
    return [=](Real theta, Real g, Real& m, Real& v) {
      const Real n = std::min(std::max(g / std::max(std::sqrt(v), d), -most), most);  // NaN stays
      m = keep1 * m + take1 * n;
      v = keep2 * v + take2 * (g * g);
      return kept * theta - eps * m;
    };
  }
};

}  // namespace ravine
