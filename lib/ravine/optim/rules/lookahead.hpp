#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Lookahead around stochastic gradient descent: k fast steps forward, one slow step back.
///
///   theta <- theta - eps g;   every k steps: phi <- phi + share (theta - phi);  theta <- phi
///
/// Zhang, Lucas, Hinton and Ba (2019), Algorithm 1, where share is alpha; phi starts at theta_0.
/// **Deviates:** the inner optimizer is plain gradient descent, the case that the paper analyses.
struct Lookahead {
  static constexpr std::string_view kName = "lookahead";
  static constexpr std::array<std::string_view, 1> kState = {"phi"};
  static constexpr RateRange kLearningRate = {0.1, "log(1e-3, 10)"};
  std::int64_t period = 5;
  double share = 0.5;

  template <class F>
  void fields(F&& field) {
    field("period", period, "[1, inf)", "fast steps to a slow one (k)");
    field("share", share, "(0, 1]", "how far the slow weights follow (alpha)", "linear(0.2, 0.8)");
  }

  auto at(const StepInfo& info) const {
    const bool first = info.step == 1, slow_step = info.step % period == 0;
    const Real eps = Real(info.learning_rate), a = Real(share);
    return [=](Real theta, Real g, Real& phi) {
      const Real slow = first ? theta : phi, fast = theta - eps * g;
      phi = slow_step ? slow + a * (fast - slow) : slow;
      return slow_step ? phi : fast;
    };
  }
};

}  // namespace ravine
