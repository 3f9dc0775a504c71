#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// LaProp: momentum of the gradients that were divided, rather than a divided momentum.
///
///   r <- beta2 r + (1 - beta2) g^2;   s <- beta1 s + (1 - beta1) g / (sqrt(r^) + epsilon)
///   theta <- theta - eps s / (1 - beta1^t)
///
/// with r^ = r / (1 - beta2^t). Ziyin, Wang and Ueda (2020), Algorithm 1, whose mu and nu are beta1
/// and beta2. beta1 = 0 is Adam with beta1 = 0.
/// **Deviates:** epsilon is 1e-8 as in Adam; the paper's 1e-15 vanishes beside a root of single
/// precision only where gradients are very small.
struct LaProp {
  static constexpr std::string_view kName = "laprop";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  template <class F>
  void fields(F&& field) {
    field({"beta1", "mu"}, beta1, "[0, 1)", "decay rate of the momentum",
          "one_minus_log(0.5, 0.99)");
    field({"beta2", "nu"}, beta2, "[0, 1)", "decay rate of the mean square",
          "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
  }

  auto at(const StepInfo& info) const {
    const double weight1 = 1 - integer_power(beta1, info.step);
    const double weight2 = 1 - integer_power(beta2, info.step);
    const Real eps = Real(info.learning_rate / weight1), scale = Real(1 / weight2);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    return [=](Real theta, Real g, Real& s, Real& r) {
      r = keep2 * r + take2 * (g * g);
      s = keep1 * s + take1 * (g / (std::sqrt(scale * r) + d));
      return theta - eps * s;
    };
  }
};

}  // namespace ravine
