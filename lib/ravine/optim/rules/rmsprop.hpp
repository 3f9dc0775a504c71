#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/root.hpp"

namespace ravine {

/// RMSProp: AdaGrad with an exponentially decaying average of the squared gradients.
///
///   r <- rho r + (1 - rho) g^2;   theta <- theta - eps / (delta + sqrt r) g
///
/// Tieleman and Hinton (2012), Coursera lecture 6.5; lecture L16. delta 1e-6 is that of
/// Goodfellow et al. (2016), Algorithm 8.5, which has it inside the root: `delta_inside`.
struct RmsProp {
  static constexpr std::string_view kName = "rmsprop";
  static constexpr std::array<std::string_view, 1> kState = {"r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double rho = 0.9;
  double delta = 1e-6;
  bool delta_inside = false;

  template <class F>
  void fields(F&& field) {
    field("rho", rho, "[0, 1)", "share of the mean square that is kept",
          "one_minus_log(0.5, 0.999)");
    field("delta", delta, "(0, inf)", "guards the division");
    field("delta_inside", delta_inside, "", "sqrt(delta + r) instead of delta + sqrt(r)");
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate), keep = Real(rho), take = Real(1 - rho);
    const GuardedRoot root(delta, delta_inside);
    return [=](Real theta, Real g, Real& r) {
      r = keep * r + take * (g * g);
      return theta - eps / root(r) * g;
    };
  }
};

}  // namespace ravine
