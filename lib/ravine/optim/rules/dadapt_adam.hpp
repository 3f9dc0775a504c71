#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/growth.hpp"

namespace ravine {

/// D-Adapted Adam: Adam that estimates its own rate from a lower bound of the distance to go.
///
///   b = eps d;   p <- q p + (1 - q) b sum g s / (sqrt(v) + epsilon)   with s and v of before
///   m <- beta1 m + (1 - beta1) b g;   v <- beta2 v + (1 - beta2) g^2;   s <- q s + (1 - q) b g
///   d <- max(d, min(p / ((1 - q) |s|_1), growth d))
///   theta <- (1 - b lambda) theta - m / (sqrt(v) + epsilon)
///
/// sums over everything, q = sqrt(beta2). Defazio and Mishchenko (2023), Algorithm 5, in the order
/// of the authors' code (dadaptation): b is that of the old d. eps is a factor, 1 by custom.
/// `growth_rate` 0 does not limit d.
/// **Deviates:** d stays while |s|_1 is 0: the code leaves the step out.
struct DAdaptAdam {
  static constexpr std::string_view kName = "dadapt_adam";
  static constexpr std::array<std::string_view, 3> kState = {"m", "v", "s"};
  static constexpr std::array<std::string_view, 2> kNumbers = {"d", "p"};
  static constexpr std::array<std::string_view, 1> kFixed = {"d0"};
  static constexpr RateRange kLearningRate = {1, "log(0.1, 10)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double d0 = 1e-6;
  double growth_rate = 0;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "(0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by b",
          "log(1e-4, 1)");
    field("d0", d0, "(0, inf)", "first estimate of the distance to the solution");
    field("growth_rate", growth_rate, "[0, inf)", "largest factor of d in a step; 0 for no limit");
    check_growth_rate(kName, growth_rate);
  }

  std::array<double, 2> numbers() const { return {d0, 0}; }
  double decay(const StepInfo& info, const std::array<double, 2>& numbers) const {
    return 1 - info.learning_rate * numbers[0] * weight_decay;
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    double& d = work.numbers[0];
    double& p = work.numbers[1];
    const double q = std::sqrt(beta2), b = info.learning_rate * d;
    const Real keep1 = Real(beta1), take1 = Real((1 - beta1) * b);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), guard = Real(epsilon);
    const Real keep = Real(q), take = Real((1 - q) * b), kept = Real(decay(info, work.numbers));
    p = q * p + (1 - q) * b * work.sum([=](Real, Real g, Real, Real v, Real s) {
      return double{g} * double{s / (std::sqrt(v) + guard)};
    });
    const double length = work.sum([=](Real& theta, Real g, Real& m, Real& v, Real& s) {
      m = keep1 * m + take1 * g;
      v = keep2 * v + take2 * (g * g);
      s = keep * s + take * g;
      theta = kept * theta - m / (std::sqrt(v) + guard);
      return std::abs(s);
    });
    if (!(length > 0)) return;
    const double estimate = p / ((1 - q) * length);
    d = std::max(d, growth_rate > 0 ? std::min(estimate, growth_rate * d) : estimate);
  }
};

}  // namespace ravine
