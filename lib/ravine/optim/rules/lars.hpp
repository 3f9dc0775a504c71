#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/blockwise.hpp"
#include "ravine/optim/sweeps.hpp"

namespace ravine {

/// LARS: momentum with a rate for each block, in proportion to its weights and against its
/// gradient.
///
///   l = eta |theta| / (|g| + lambda |theta|);   v <- momentum v + eps l (g + lambda theta)
///   theta <- theta - v
///
/// by block; l = 1 where either norm is 0. Biases and gains take momentum without decay:
/// v <- momentum v + eps g. You, Gitman and Ginsburg (2017), Algorithm 1.
/// **Deviates:** the paper does not say what biases take; these are the exclusions of those who use
/// it. The rate is within the velocity, as in the paper; others put it outside.
struct Lars {
  static constexpr std::string_view kName = "lars";
  static constexpr std::array<std::string_view, 1> kState = {"v"};
  static constexpr std::size_t kScratch = 0;
  static constexpr RateRange kLearningRate = {1, "log(0.01, 100)"};
  double momentum = 0.9;
  double eta = 0.001;
  double weight_decay = 0;

  template <class F>
  void fields(F&& field) {
    field({"momentum", "beta"}, momentum, "[0, 1)", "fraction of the velocity that is kept",
          "one_minus_log(0.5, 0.999)");
    field({"eta", "trust_coefficient"}, eta, "(0, inf)", "length of a step beside that of theta");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, in the gradient",
          "log(1e-6, 0.01)");
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const auto theta = work.theta.elements();
    const auto gradient = work.gradient.elements();
    const bool plain = !is_decayed(work.block.kind);
    double ratio = 1;
    if (!plain) {
      const double weights = std::sqrt(squared_norm(work.threads, theta));
      const double slope = std::sqrt(squared_norm(work.threads, gradient));
      if (weights > 0 && slope > 0) ratio = eta * weights / (slope + weight_decay * weights);
    }
    const Real eps = Real(info.learning_rate * ratio), keep = Real(momentum);
    const Real decay = Real(plain ? 0 : weight_decay);
    sweep(
        work.threads,
        [=](Real& at, Real g, Real& v) {
          v = keep * v + eps * (g + decay * at);
          at = at - v;
        },
        theta, gradient, work.state[0].elements());
  }
};

}  // namespace ravine
