#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// QHAdam: each of Adam's means is mixed with the gradient of the moment.
///
///   s, r, s^, r^ as in Adam
///   theta <- theta - eps ((1 - nu1) g + nu1 s^) / (sqrt((1 - nu2) g^2 + nu2 r^) + epsilon)
///
/// Ma and Yarats (2019), equation 20; defaults: their recommendation. nu1 = nu2 = 1 is Adam,
/// nu1 = beta1 and nu2 = 1 nearly NAdam.
struct QhAdam {
  static constexpr std::string_view kName = "qhadam";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.995;
  double beta2 = 0.999;
  double nu1 = 0.7;
  double nu2 = 1;
  double epsilon = 1e-8;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.9, 0.999)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field("nu1", nu1, "[0, 1]", "share of the mean gradient", "linear(0.4, 1)");
    field("nu2", nu2, "[0, 1]", "share of the mean square");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
  }

  auto at(const StepInfo& info) const {
    const double weight1 = 1 - integer_power(beta1, info.step);
    const double weight2 = 1 - integer_power(beta2, info.step);
    const Real eps_s = Real(info.learning_rate * nu1 / weight1);
    const Real eps_g = Real(info.learning_rate * (1 - nu1));
    const Real scale_r = Real(nu2 / weight2), scale_g = Real(1 - nu2);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    return [=](Real theta, Real g, Real& s, Real& r) {
      s = keep1 * s + take1 * g;
      r = keep2 * r + take2 * (g * g);
      return theta - (eps_g * g + eps_s * s) / (std::sqrt(scale_g * (g * g) + scale_r * r) + d);
    };
  }
};

}  // namespace ravine
