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
///   s <- rho1 s + (1 - rho1) g;   r <- rho2 r + (1 - rho2) g^2
///   s^ = s / (1 - rho1^t);   r^ = r / (1 - rho2^t);   theta <- theta - eps s^ / (sqrt(r^) + delta)
///
/// Kingma and Ba (2015), Algorithm 1, where rho1, rho2 and delta are beta1, beta2 and epsilon;
/// lecture L18. The defaults are the paper's; the slide has eps 1e-4 and rho2 0.9 (`adam_slide`).
/// **Deviates:** nowhere at constant rho1 and rho2. If they are scheduled, the corrections take the
/// present values as if they had always held.
struct Adam {
  static constexpr std::string_view kName = "adam";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double rho1 = 0.9;
  double rho2 = 0.999;
  double delta = 1e-8;
  bool bias_correction = true;

  template <class F>
  void fields(F&& field) {
    field("rho1", rho1, "[0, 1)", "share of the mean gradient that is kept (beta1)",
          "one_minus_log(0.5, 0.99)");
    field("rho2", rho2, "[0, 1)", "share of the mean square that is kept (beta2)",
          "one_minus_log(0.9, 0.9999)");
    field("delta", delta, "(0, inf)", "guards the division (epsilon)");
    field("bias_correction", bias_correction, "", "divide by 1 - rho1^t and 1 - rho2^t");
  }

  auto at(const StepInfo& info) const {
    const double weight1 = bias_correction ? 1 - integer_power(rho1, info.step) : 1;
    const double weight2 = bias_correction ? 1 - integer_power(rho2, info.step) : 1;
    const Real eps = Real(info.learning_rate / weight1), scale = Real(1 / weight2);
    const Real keep1 = Real(rho1), take1 = Real(1 - rho1);
    const Real keep2 = Real(rho2), take2 = Real(1 - rho2), d = Real(delta);
    return [=](Real theta, Real g, Real& s, Real& r) {
      s = keep1 * s + take1 * g;
      r = keep2 * r + take2 * (g * g);
      return theta - eps * s / (std::sqrt(scale * r) + d);
    };
  }
};

}  // namespace ravine
