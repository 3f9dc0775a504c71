#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Nesterov's accelerated gradient: step along the velocity first, then correct.
///
///   g at theta + beta v;   v <- beta v - eps g;   theta <- theta + v
///
/// Nesterov (1983) in the form of Sutskever et al. (2013), equations 3 and 4, where
/// beta is mu; lecture L12, where it is alpha. It is called as in the rule of momentum.
/// **Deviates:** PyTorch stores theta + beta v in place of theta: the same iterates at a constant
/// rate, measured at other points.
struct Nesterov {
  static constexpr std::string_view kName = "nesterov";
  static constexpr std::array<std::string_view, 1> kState = {"v"};
  static constexpr RateRange kLearningRate = {0.01, "log(1e-4, 1)"};
  double beta = 0.9;

  template <class F>
  void fields(F&& field) {
    field({"beta", "alpha", "mu", "momentum"}, beta, "[0, 1)",
          "fraction of the velocity that is kept", "one_minus_log(0.5, 0.999)");
  }

  auto lookahead(const StepInfo&) const {
    return [a = Real(beta)](Real theta, Real v) { return theta + a * v; };
  }

  auto at(const StepInfo& info) const {
    const Real a = Real(beta), eps = Real(info.learning_rate);
    return [=](Real theta, Real g, Real& v) {
      v = a * v - eps * g;
      return theta + v;
    };
  }
};

}  // namespace ravine
