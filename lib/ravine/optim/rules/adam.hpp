#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Adam: RMSProp with momentum, and corrections for averages that start at zero.
///
///   s <- beta1 s + (1 - beta1) g;   r <- beta2 r + (1 - beta2) g^2
///   s^ = s / (1 - beta1^t);   r^ = r / (1 - beta2^t);   theta <- theta - eps s^ / (sqrt(r^) +
///   epsilon)
///
/// Kingma and Ba (2015), Algorithm 1, in its letters; lecture L18, where beta1, beta2 and epsilon
/// are rho1, rho2 and delta. The defaults are the paper's; the slide has eps 1e-4 and rho2 0.9
/// (`adam_slide`).
/// **Deviates:** nowhere at constant beta1 and beta2. If they are scheduled, the corrections take
/// the present values as if they had always held.
struct Adam {
  static constexpr std::string_view kName = "adam";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool bias_correction = true;

  template <class F>
  void fields(F&& field) {
    field({"beta1", "rho1"}, beta1, "[0, 1)", "decay rate of the mean gradient",
          "one_minus_log(0.5, 0.99)");
    field({"beta2", "rho2"}, beta2, "[0, 1)", "decay rate of the mean square",
          "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "delta", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field("bias_correction", bias_correction, "", "divide by 1 - beta1^t and 1 - beta2^t");
  }

  auto at(const StepInfo& info) const {
    const double weight1 = bias_correction ? 1 - integer_power(beta1, info.step) : 1;
    const double weight2 = bias_correction ? 1 - integer_power(beta2, info.step) : 1;
    const Real eps = Real(info.learning_rate / weight1), scale = Real(1 / weight2);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    return [=](Real theta, Real g, Real& s, Real& r) {
      s = keep1 * s + take1 * g;
      r = keep2 * r + take2 * (g * g);
      return theta - eps * s / (std::sqrt(scale * r) + d);
    };
  }
};

}  // namespace ravine
