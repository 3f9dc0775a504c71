#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/root.hpp"

namespace ravine {

/// RMSProp with Nesterov momentum.
///
///   g at theta + alpha v;   r <- rho r + (1 - rho) g^2
///   v <- alpha v - eps / (delta + sqrt r) g;   theta <- theta + v
///
/// Goodfellow et al. (2016), Algorithm 8.6; lecture L17.
/// **Deviates:** book and slide have no delta: a gradient that is exactly zero from the first step
/// on (a dead unit, an absent feature) would be 0 / 0. `delta_inside` takes sqrt(delta + r).
struct RmsPropNesterov {
  static constexpr std::string_view kName = "rmsprop_nesterov";
  static constexpr std::array<std::string_view, 2> kState = {"v", "r"};
  static constexpr RateRange kLearningRate = {1e-4, "log(1e-6, 0.01)"};
  double alpha = 0.9;
  double rho = 0.9;
  double delta = 1e-6;
  bool delta_inside = false;

  template <class F>
  void fields(F&& field) {
    field("alpha", alpha, "[0, 1)", "share of the velocity that is kept",
          "one_minus_log(0.5, 0.999)");
    field("rho", rho, "[0, 1)", "share of the mean square that is kept",
          "one_minus_log(0.5, 0.999)");
    field("delta", delta, "(0, inf)", "guards the division");
    field("delta_inside", delta_inside, "", "sqrt(delta + r) instead of delta + sqrt(r)");
  }

  auto lookahead(const StepInfo&) const {
    return [a = Real(alpha)](Real theta, Real v, Real) { return theta + a * v; };
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate), a = Real(alpha);
    const Real keep = Real(rho), take = Real(1 - rho);
    const GuardedRoot root(delta, delta_inside);
    return [=](Real theta, Real g, Real& v, Real& r) {
      r = keep * r + take * (g * g);
      v = a * v - eps / root(r) * g;
      return theta + v;
    };
  }
};

}  // namespace ravine
