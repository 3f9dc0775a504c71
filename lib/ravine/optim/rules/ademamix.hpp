#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// AdEMAMix: Adam with a second, much slower mean of the gradients.
///
///   m1 <- beta1 m1 + (1 - beta1) g;   m2 <- beta3_t m2 + (1 - beta3_t) g
///   v <- beta2 v + (1 - beta2) g^2
///   theta <- theta - eps ((m1^ + alpha_t m2) / (sqrt(v^) + epsilon) + lambda theta)
///
/// with Adam's corrections m1^ and v^, none of m2. Pagliardini, Ablin and Grangier (2024),
/// Algorithm 1. Over the first shares of the budget alpha_t rises linearly from 0 to alpha, and
/// beta3_t from beta1 to beta3 so that the half-life of m2 grows linearly:
///
///   beta3_t = h^-1((1 - s) h(beta1) + s h(beta3)),  h(b) = ln(1/2) / ln(b) - 1,  s = t / warm-up
///
/// (equation 5). alpha = 0 is AdamW. Defaults: those of the paper, where both warm-ups last the
/// whole training; 0 leaves one out. m2 remembers 1 / (1 - beta3) gradients: in trainings that are
/// shorter theta swings, and a smaller beta3 serves better.
/// **Deviates:** the warm-ups are shares of the budget; the authors' code counts steps. It adds
/// 1e-8 within the logarithms, the paper does not.
struct AdEmaMix {
  static constexpr std::string_view kName = "ademamix";
  static constexpr std::array<std::string_view, 3> kState = {"m1", "m2", "v"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double beta3 = 0.9999;
  double alpha = 5;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double alpha_warmup = 1;
  double beta3_warmup = 1;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the fast mean", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field("beta3", beta3, "[0, 1)", "decay rate of the slow mean", "one_minus_log(0.99, 0.99999)");
    field("alpha", alpha, "[0, inf)", "weight of the slow mean", "linear(1, 10)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
    field("alpha_warmup", alpha_warmup, "[0, 1]", "share of the budget over which alpha rises");
    field("beta3_warmup", beta3_warmup, "[0, 1]", "share of the budget over which beta3 rises");
  }

  /// beta3_t after the share s of its warm-up.
  double beta3_at(double s) const {
    if (s >= 1 || beta1 <= 0 || beta3 <= 0) return beta3;
    const double half = portable_log(0.5);
    const double from = half / portable_log(beta1), to = half / portable_log(beta3);
    return portable_exp(half / ((1 - s) * from + s * to));  // h + 1 interpolates as h does
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  auto at(const StepInfo& info) const {
    const auto warm = [&](double share) {
      const double length = share * static_cast<double>(info.total_steps);
      const double t = static_cast<double>(info.step);
      return t >= length ? 1 : t / length;
    };
    const double slow = beta3_at(warm(beta3_warmup));
    const double weight1 = 1 - integer_power(beta1, info.step);
    const double weight2 = 1 - integer_power(beta2, info.step);
    const Real eps1 = Real(info.learning_rate / weight1), scale = Real(1 / weight2);
    const Real eps2 = Real(info.learning_rate * alpha * warm(alpha_warmup));
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    const Real keep3 = Real(slow), take3 = Real(1 - slow), kept = Real(decay(info));
    return [=](Real theta, Real g, Real& m1, Real& m2, Real& v) {
      m1 = keep1 * m1 + take1 * g;
      m2 = keep3 * m2 + take3 * g;
      v = keep2 * v + take2 * (g * g);
      return kept * theta - (eps1 * m1 + eps2 * m2) / (std::sqrt(scale * v) + d);
    };
  }
};

}  // namespace ravine
