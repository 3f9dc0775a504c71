#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// NAdam: Adam with Nesterov momentum, applied to the step instead of the point.
///
///   s <- rho1 s + (1 - rho1) g;   r <- rho2 r + (1 - rho2) g^2
///   s^ = rho1 s / (1 - rho1^(t+1)) + (1 - rho1) g / (1 - rho1^t);   r^ = r / (1 - rho2^t)
///   theta <- theta - eps s^ / (sqrt(r^) + delta)
///
/// Dozat (2016), Algorithm 2, where rho1, rho2 and delta are mu, nu and epsilon.
/// **Deviates:** rho1 is constant; the paper's experiments (and PyTorch) warm it up.
struct NAdam {
  static constexpr std::string_view kName = "nadam";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double rho1 = 0.9;
  double rho2 = 0.999;
  double delta = 1e-8;

  template <class F>
  void fields(F&& field) {
    field("rho1", rho1, "[0, 1)", "share of the mean gradient that is kept (mu)",
          "one_minus_log(0.5, 0.99)");
    field("rho2", rho2, "[0, 1)", "share of the mean square that is kept (nu)",
          "one_minus_log(0.9, 0.9999)");
    field("delta", delta, "(0, inf)", "guards the division (epsilon)");
  }

  auto at(const StepInfo& info) const {
    const double now = 1 - integer_power(rho1, info.step);
    const double next = 1 - integer_power(rho1, info.step + 1);
    const Real scale = Real(1 / (1 - integer_power(rho2, info.step)));
    const Real eps_s = Real(info.learning_rate * rho1 / next);
    const Real eps_g = Real(info.learning_rate * (1 - rho1) / now);
    const Real keep1 = Real(rho1), take1 = Real(1 - rho1);
    const Real keep2 = Real(rho2), take2 = Real(1 - rho2), d = Real(delta);
    return [=](Real theta, Real g, Real& s, Real& r) {
      s = keep1 * s + take1 * g;
      r = keep2 * r + take2 * (g * g);
      return theta - (eps_s * s + eps_g * g) / (std::sqrt(scale * r) + d);
    };
  }
};

}  // namespace ravine
