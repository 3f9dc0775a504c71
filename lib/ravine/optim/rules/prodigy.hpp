#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/growth.hpp"

namespace ravine {

/// Prodigy: AdamW that estimates its own rate from the distance that it has gone.
///
///   b = eps d;   p <- beta3 p + (d / d0) b <g, theta_0 - theta>;   s <- beta3 s + (d / d0) b g
///   m <- beta1 m + (1 - beta1) d g;   v <- beta2 v + (1 - beta2) d^2 g^2
///   d^ = p / |s|_1;   d' = max(d, d^) while d = d0;   D <- max(D, d^);   d' <- min(D, growth d')
///   theta <- theta - b (lambda theta + m / (sqrt(v) + d' epsilon))
///
/// sums over everything, beta3 = sqrt(beta2). Mishchenko and Defazio (2024), Algorithm 4, in the
/// order of the authors' code (konstmish/prodigy): the step takes the old d, the guard the new one.
/// eps is a factor, 1 by custom; its schedule is one of the factor. `bias_correction` multiplies b
/// by sqrt(1 - beta2^t) / (1 - beta1^t). `growth_rate` 0 does not limit d.
/// **Deviates:** d stays while |s|_1 is 0: the code divides 0 by 0.
struct Prodigy {
  static constexpr std::string_view kName = "prodigy";
  static constexpr std::array<std::string_view, 4> kState = {"m", "v", "s", "theta_0"};
  static constexpr std::array<std::string_view, 3> kNumbers = {"d", "largest_d", "p"};
  static constexpr std::array<std::string_view, 1> kFixed = {"d0"};
  static constexpr RateRange kLearningRate = {1, "log(0.1, 10)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double d0 = 1e-6;
  double growth_rate = 0;
  bool bias_correction = false;

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
    field("bias_correction", bias_correction, "", "Adam's corrections, in the rate");
  }

  std::array<double, 3> numbers() const { return {d0, d0, 0}; }
  auto start() const {
    return [](Real theta, Real&, Real&, Real&, Real& theta_0) { theta_0 = theta; };
  }

  double rate(const StepInfo& info, double d) const {
    if (!bias_correction) return info.learning_rate * d;
    return info.learning_rate * d * std::sqrt(1 - integer_power(beta2, info.step)) /
           (1 - integer_power(beta1, info.step));
  }
  double decay(const StepInfo& info, const std::array<double, 3>& numbers) const {
    return 1 - rate(info, numbers[0]) * weight_decay;
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    double& d = work.numbers[0];
    double& largest = work.numbers[1];
    double& p = work.numbers[2];
    const double beta3 = std::sqrt(beta2), b = rate(info, d), share = d / d0 * b;
    const Real keep1 = Real(beta1), take1 = Real((1 - beta1) * d);
    const Real keep2 = Real(beta2), take2 = Real((1 - beta2) * d * d);
    const Real keep3 = Real(beta3), take3 = Real(share), eps = Real(b);
    const Real kept = Real(decay(info, work.numbers));
    p = beta3 * p + share * work.sum([](Real theta, Real g, Real, Real, Real, Real theta_0) {
      return double{g} * (double{theta_0} - double{theta});
    });
    const double length = work.sum([=](Real, Real g, Real& m, Real& v, Real& s, Real) {
      m = keep1 * m + take1 * g;
      v = keep2 * v + take2 * (g * g);
      s = keep3 * s + take3 * g;
      return std::abs(s);
    });
    if (length > 0) {
      const double estimate = p / length;
      if (d == d0) d = std::max(d, estimate);
      largest = std::max(largest, estimate);
      d = growth_rate > 0 ? std::min(largest, d * growth_rate) : largest;
    }
    const Real guard = Real(d * epsilon);
    work.each([=](Real& theta, Real, Real m, Real v, Real, Real) {
      theta = kept * theta - eps * m / (std::sqrt(v) + guard);
    });
  }
};

}  // namespace ravine
