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
///   s <- beta1 s + (1 - beta1) g;   r <- beta2 r + (1 - beta2) g^2
///   s^ = beta1 s / (1 - beta1^(t+1)) + (1 - beta1) g / (1 - beta1^t);   r^ = r / (1 - beta2^t)
///   theta <- theta - eps s^ / (sqrt(r^) + epsilon)
///
/// Dozat (2016), Algorithm 2, where beta1 and beta2 are mu and nu; here they are called as in Adam
/// and in PyTorch. Their names in the lecture's Adam are rho1, rho2 and, of epsilon, delta.
/// **Deviates:** beta1 is constant; the paper's experiments (and PyTorch) warm it up.
struct NAdam {
  static constexpr std::string_view kName = "nadam";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  template <class F>
  void fields(F&& field) {
    field({"beta1", "rho1", "mu"}, beta1, "[0, 1)", "decay rate of the mean gradient",
          "one_minus_log(0.5, 0.99)");
    field({"beta2", "rho2", "nu"}, beta2, "[0, 1)", "decay rate of the mean square",
          "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "delta", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
  }

  auto at(const StepInfo& info) const {
    const double now = 1 - integer_power(beta1, info.step);
    const double next = 1 - integer_power(beta1, info.step + 1);
    const Real scale = Real(1 / (1 - integer_power(beta2, info.step)));
    const Real eps_s = Real(info.learning_rate * beta1 / next);
    const Real eps_g = Real(info.learning_rate * (1 - beta1) / now);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    return [=](Real theta, Real g, Real& s, Real& r) {
      s = keep1 * s + take1 * g;
      r = keep2 * r + take2 * (g * g);
      return theta - (eps_s * s + eps_g * g) / (std::sqrt(scale * r) + d);
    };
  }
};

}  // namespace ravine
