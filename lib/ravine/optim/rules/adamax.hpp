#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// AdaMax: Adam with the largest of the decayed gradients in place of their mean square.
///
///   s <- beta1 s + (1 - beta1) g;   u <- max(beta2 u, |g| + epsilon)
///   theta <- theta - eps s^ / u
///
/// with s^ = s / (1 - beta1^t). Kingma and Ba (2015), Algorithm 2.
/// **Deviates:** the paper has no epsilon: a gradient that is exactly zero would be 0 / 0. Its
/// place is PyTorch's; the paper's rate is 0.002.
struct AdaMax {
  static constexpr std::string_view kName = "adamax";
  static constexpr std::array<std::string_view, 2> kState = {"s", "u"};
  static constexpr RateRange kLearningRate = {2e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the largest gradient",
          "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate / (1 - integer_power(beta1, info.step)));
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), d = Real(epsilon);
    return [=](Real theta, Real g, Real& s, Real& u) {
      s = keep1 * s + take1 * g;
      u = std::max(keep2 * u, std::abs(g) + d);
      return theta - eps * s / u;
    };
  }
};

}  // namespace ravine
