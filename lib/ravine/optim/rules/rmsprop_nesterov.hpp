#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/root.hpp"

namespace ravine {

/// RMSProp with Nesterov momentum.
///
///   g at theta + beta v;   r <- rho r + (1 - rho) g^2
///   v <- beta v - eps / (epsilon + sqrt r) g;   theta <- theta + v
///
/// Goodfellow et al. (2016), Algorithm 8.6; lecture L17. Both write alpha for beta, which is called
/// as in the rule of momentum.
/// **Deviates:** book and slide have no epsilon (delta elsewhere in them): a gradient that is
/// exactly zero from the first step on (a dead unit, an absent feature) would be 0 / 0.
/// `epsilon_inside` takes sqrt(epsilon + r).
struct RmsPropNesterov {
  static constexpr std::string_view kName = "rmsprop_nesterov";
  static constexpr std::array<std::string_view, 2> kState = {"v", "r"};
  static constexpr RateRange kLearningRate = {1e-4, "log(1e-6, 0.01)"};
  double beta = 0.9;
  double rho = 0.9;
  double epsilon = 1e-6;
  bool epsilon_inside = false;

  template <class F>
  void fields(F&& field) {
    field({"beta", "alpha", "momentum"}, beta, "[0, 1)", "fraction of the velocity that is kept",
          "one_minus_log(0.5, 0.999)");
    field("rho", rho, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.5, 0.999)");
    field({"epsilon", "delta", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"epsilon_inside", "delta_inside"}, epsilon_inside, "",
          "sqrt(epsilon + r) instead of epsilon + sqrt(r)");
  }

  auto lookahead(const StepInfo&) const {
    return [a = Real(beta)](Real theta, Real v, Real) { return theta + a * v; };
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate), a = Real(beta);
    const Real keep = Real(rho), take = Real(1 - rho);
    const GuardedRoot root(epsilon, epsilon_inside);
    return [=](Real theta, Real g, Real& v, Real& r) {
      r = keep * r + take * (g * g);
      v = a * v - eps / root(r) * g;
      return theta + v;
    };
  }
};

}  // namespace ravine
