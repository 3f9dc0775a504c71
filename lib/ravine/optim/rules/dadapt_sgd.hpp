#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/growth.hpp"

namespace ravine {

/// D-Adapted SGD: dual averaging that estimates its own rate from a lower bound of the distance to
/// go.
///
///   b = eps d / |g_1|;   p <- p + b <g, s> with s of before;   s <- s + b g
///   d <- max(d, min(2 p / |s|, growth d));   z = theta_0 - s
///   theta <- momentum theta + (1 - momentum) z
///
/// sums over everything, g_1 the first gradient that is not zero. Defazio and Mishchenko (2023),
/// Algorithm 4, in the order of the authors' code (dadaptation): b is that of the old d. eps is a
/// factor, 1 by custom. `growth_rate` 0 does not limit d.
/// **Deviates:** there is no decay: the code's is missing from |g_1| by an oversight. theta is
/// written from s, and wrappers that decay theta refuse the rule.
struct DAdaptSgd {
  static constexpr std::string_view kName = "dadapt_sgd";
  static constexpr std::array<std::string_view, 2> kState = {"s", "theta_0"};
  static constexpr std::array<std::string_view, 3> kNumbers = {"d", "p", "first_norm"};
  static constexpr bool kSetsTheta = true;
  static constexpr std::array<std::string_view, 1> kFixed = {"d0"};
  static constexpr RateRange kLearningRate = {1, "log(0.1, 10)"};
  double momentum = 0;
  double d0 = 1e-6;
  double growth_rate = 0;

  template <class F>
  void fields(F&& field) {
    field("momentum", momentum, "[0, 1)", "share of theta that is kept");
    field("d0", d0, "(0, inf)", "first estimate of the distance to the solution");
    field("growth_rate", growth_rate, "[0, inf)", "largest factor of d in a step; 0 for no limit");
    check_growth_rate(kName, growth_rate);
  }

  std::array<double, 3> numbers() const { return {d0, 0, 0}; }
  auto start() const {
    return [](Real theta, Real&, Real& theta_0) { theta_0 = theta; };
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    double& d = work.numbers[0];
    double& p = work.numbers[1];
    double& first_norm = work.numbers[2];
    if (first_norm == 0)
      first_norm =
          std::sqrt(work.sum([](Real, Real g, Real, Real) { return double{g} * double{g}; }));
    if (!(first_norm > 0)) return;
    const double b = info.learning_rate * d / first_norm;
    const Real take = Real(b), keep = Real(momentum), rest = Real(1 - momentum);
    p += b * work.sum([](Real, Real g, Real s, Real) { return double{g} * double{s}; });
    const double square = work.sum([=](Real& theta, Real g, Real& s, Real theta_0) {
      s = s + take * g;
      theta = keep * theta + rest * (theta_0 - s);
      return double{s} * double{s};
    });
    if (!(square > 0)) return;
    const double estimate = 2 * p / std::sqrt(square);
    d = std::max(d, growth_rate > 0 ? std::min(estimate, growth_rate * d) : estimate);
  }
};

}  // namespace ravine
