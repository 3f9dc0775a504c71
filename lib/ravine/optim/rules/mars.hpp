#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/blockwise.hpp"
#include "ravine/optim/sweeps.hpp"

namespace ravine {

/// MARS-AdamW: AdamW on gradients whose variance is reduced by the gradient before.
///
///   c = g + gamma beta1 / (1 - beta1) (g - g_last);   c <- c / max(1, |c|)   by block
///   m <- beta1 m + (1 - beta1) c;   v <- beta2 v + (1 - beta2) c^2
///   theta <- theta - eps (m^ / (sqrt(v^) + epsilon) + lambda theta)
///
/// with Adam's corrections; g_last is 0 at first. Yuan, Liu, Wu, Zhou and Gu (2024), Algorithm 2,
/// in its approximate form: g_last was taken on the batch before. gamma = 0 is AdamW with clipped
/// blocks. `clip=false` leaves c as it is.
/// **Deviates:** the authors' code (AGI-Arena/MARS) gives biases and gains to AdamW: here that is
/// partition(weights=mars, kernels=mars, rest=adamw). v follows c^2, as in the code, rather than
/// g^2.
struct Mars {
  static constexpr std::string_view kName = "mars";
  static constexpr std::array<std::string_view, 3> kState = {"m", "v", "g_last"};
  static constexpr std::size_t kScratch = 1;
  static constexpr RateRange kLearningRate = {3e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.95;
  double beta2 = 0.99;
  double gamma = 0.025;
  double epsilon = 1e-8;
  double weight_decay = 0;
  bool clip = true;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field("gamma", gamma, "[0, inf)", "weight of the difference of gradients", "log(1e-3, 1)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
    field("clip", clip, "", "clip the norm of c to 1 in every block");
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const auto theta = work.theta.elements(), m = work.state[0].elements(),
               v = work.state[1].elements(), g_last = work.state[2].elements(),
               c = work.scratch[0].elements();
    const double square = sweep_sum(
        work.threads,
        [ahead = Real(gamma * beta1 / (1 - beta1))](Real g, Real& last, Real& out) {
          out = g + ahead * (g - last);
          last = g;
          return double{out} * double{out};
        },
        work.gradient.elements(), g_last, c);
    const double weight1 = 1 - integer_power(beta1, info.step);
    const double weight2 = 1 - integer_power(beta2, info.step);
    const Real eps = Real(info.learning_rate / weight1), scale = Real(1 / weight2);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    const Real kept = Real(decay(info));
    const Real shorter = Real(clip ? 1 / std::max(1.0, std::sqrt(square)) : 1);
    sweep(
        work.threads,
        [=](Real& at, Real long_c, Real& mean, Real& mean_square) {
          const Real cut = shorter * long_c;
          mean = keep1 * mean + take1 * cut;
          mean_square = keep2 * mean_square + take2 * (cut * cut);
          at = kept * at - eps * mean / (std::sqrt(scale * mean_square) + d);
        },
        theta, c, m, v);
  }
};

}  // namespace ravine
