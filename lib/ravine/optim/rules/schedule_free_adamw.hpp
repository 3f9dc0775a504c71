#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Schedule-Free AdamW: Adam's denominator, an average in place of its momentum.
///
///   g at y = (1 - beta1) z + beta1 theta;   v <- beta2 v + (1 - beta2) g^2
///   z <- z - eps_t (g / (sqrt(v^) + epsilon) + lambda y)
///   theta <- (1 - c) theta + c z,   c = w_t / sum_i w_i,   w_t = t^r (max_i eps_i)^2
///
/// Defazio et al. (2024), Algorithm 1, where theta is x; z starts at theta_0. eps_t = eps min(1, t
/// / warmup_steps). theta is an average: see schedule_free.
/// **Deviates:** c is that of the authors' code (facebookresearch/schedule_free), whose first is 1;
/// the paper's corrects eps instead of v and starts w at the second point.
struct ScheduleFreeAdamW {
  static constexpr std::string_view kName = "schedule_free_adamw";
  static constexpr std::array<std::string_view, 2> kState = {"z", "v"};
  static constexpr std::array<std::string_view, 2> kNumbers = {"largest_rate", "weight_sum"};
  static constexpr bool kAnswerIsAverage = true;
  static constexpr RateRange kLearningRate = {2.5e-3, "log(1e-4, 1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  std::int64_t warmup_steps = 0;
  double r = 0;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1]", "where the gradient is taken: 0 at z, 1 at the average",
          "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
    field("warmup_steps", warmup_steps, "[0, 1e15]", "steps over which the rate rises");
    field("r", r, "[0, inf)", "power of t in the weights of the average");
  }

  std::array<double, 2> numbers() const { return {0, 0}; }
  auto start() const {
    return [](Real theta, Real& z, Real&) { z = theta; };
  }

  auto lookahead(const StepInfo&) const {
    const Real ahead = Real(beta1), rest = Real(1 - beta1);
    return [=](Real theta, Real z, Real) { return rest * z + ahead * theta; };
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    double& largest = work.numbers[0];
    double& weights = work.numbers[1];
    const double t = static_cast<double>(info.step), length = static_cast<double>(warmup_steps);
    const double rate = t < length ? info.learning_rate * (t / length) : info.learning_rate;
    largest = std::max(largest, rate);
    const double weight = (r == 0 ? 1 : portable_power(t, r)) * largest * largest;
    weights += weight;
    const Real c = Real(weights > 0 ? weight / weights : 0), eps = Real(rate);
    const Real scale = Real(1 / (1 - integer_power(beta2, info.step)));
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    const Real shrink = Real(rate * weight_decay);
    const Real ahead = Real(beta1), rest = Real(1 - beta1);
    work.each([=](Real& theta, Real g, Real& z, Real& v) {
      const Real y = rest * z + ahead * theta;
      v = keep2 * v + take2 * (g * g);
      z = z - eps * g / (std::sqrt(scale * v) + d) - shrink * y;
      theta = theta + c * (z - theta);
    });
  }
};

}  // namespace ravine
