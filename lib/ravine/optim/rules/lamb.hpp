#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/blockwise.hpp"
#include "ravine/optim/sweeps.hpp"

namespace ravine {

/// LAMB: the direction of AdamW, as long in each block as the block's weights ask for.
///
///   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) g^2
///   u = m / (sqrt(v) + epsilon) + lambda theta
///   theta <- theta - eps min(|theta|, max_norm) / |u| u   by block; without the factor if either
///   norm is 0
///
/// You et al. (2020), Algorithm 2, third version, which has no corrections; `bias_correction` has
/// Adam's. Defaults: cybertronai/pytorch-lamb, with its max_norm.
/// **Deviates:** the paper applies phi(z) = z; max_norm = inf is 1e30 here.
struct Lamb {
  static constexpr std::string_view kName = "lamb";
  static constexpr std::array<std::string_view, 2> kState = {"m", "v"};
  static constexpr std::size_t kScratch = 1;
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-6;
  double weight_decay = 0;
  double max_norm = 10;
  bool bias_correction = false;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, in u",
          "log(1e-4, 1)");
    field("max_norm", max_norm, "(0, inf)", "largest norm of theta that counts");
    field("bias_correction", bias_correction, "", "divide by 1 - beta1^t and 1 - beta2^t");
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const auto theta = work.theta.elements(), u = work.scratch[0].elements();
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    const Real scale1 = Real(bias_correction ? 1 / (1 - integer_power(beta1, info.step)) : 1);
    const Real scale2 = Real(bias_correction ? 1 / (1 - integer_power(beta2, info.step)) : 1);
    const double square = sweep_sum(
        work.threads,
        [=, decay = Real(weight_decay)](Real at, Real g, Real& m, Real& v, Real& out) {
          m = keep1 * m + take1 * g;
          v = keep2 * v + take2 * (g * g);
          out = scale1 * m / (std::sqrt(scale2 * v) + d) + decay * at;
          return double{out} * double{out};
        },
        theta, work.gradient.elements(), work.state[0].elements(), work.state[1].elements(), u);
    const double norm = std::min(std::sqrt(squared_norm(work.threads, theta)), max_norm);
    const double ratio = norm > 0 && square > 0 ? norm / std::sqrt(square) : 1;
    sweep(
        work.threads, [eps = Real(info.learning_rate * ratio)](Real& at, Real x) { at -= eps * x; },
        theta, u);
  }
};

}  // namespace ravine
