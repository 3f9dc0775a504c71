#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/rectification.hpp"

namespace ravine {

/// AdaBelief: small steps where gradients differ from their mean, large ones where they agree.
///
///   m <- beta1 m + (1 - beta1) g;   s <- beta2 s + (1 - beta2) (g - m)^2 + epsilon
///   theta <- (1 - eps lambda) theta - eps m^ / (sqrt(s^) + epsilon)
///
/// with Adam's corrections. Zhuang, Tang, Ding, Tatikonda, Dvornek, Papademetris and Duncan (2020),
/// Algorithm 2. `rectify`, on as in the authors' code (adabelief-pytorch 0.2.1, whose defaults
/// these are), makes the step that of RAdam:
///
///   rho_t >= 5:  eps r_t m^ sqrt(1 - beta2^t) / (sqrt(s) + epsilon);   before: eps m^
///
/// epsilon stays in s: sqrt(s) never falls below about sqrt(epsilon / (1 - beta2)), 3e-7 here and
/// 3e-3 with the epsilon of 1e-8 of older versions.
struct AdaBelief {
  static constexpr std::string_view kName = "adabelief";
  static constexpr std::array<std::string_view, 2> kState = {"m", "s"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-16;
  double weight_decay = 0;
  bool rectify = true;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean squared deviation",
          "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "added to s and to its root",
          "log(1e-16, 1e-8)");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
    field("rectify", rectify, "", "rectified as in RAdam");
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  auto at(const StepInfo& info) const {
    const Rectification rect(beta2, info.step);
    const double eps = info.learning_rate / (1 - integer_power(beta1, info.step));
    const double weight2 = 1 - integer_power(beta2, info.step);
    const bool plain = rectify && rect.rho < 5;
    const Real eps_plain = Real(plain ? eps : 0);
    const Real eps_adaptive = Real(plain ? 0 : (rectify ? eps * rect.r * std::sqrt(weight2) : eps));
    const Real scale = Real(rectify ? 1 : 1 / weight2);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1), kept = Real(decay(info));
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    return [=](Real theta, Real g, Real& m, Real& s) {
      m = keep1 * m + take1 * g;
      const Real off = g - m;
      s = keep2 * s + take2 * (off * off) + d;
      return kept * theta - (eps_plain * m + eps_adaptive * m / (std::sqrt(scale * s) + d));
    };
  }
};

}  // namespace ravine
