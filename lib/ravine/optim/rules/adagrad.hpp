#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/root.hpp"

namespace ravine {

/// AdaGrad: every parameter's rate falls with the sum of its squared gradients.
///
///   r <- r + g^2;   theta <- theta - eps / (delta + sqrt r) g
///
/// Duchi, Hazan and Singer (2011), diagonal form; Goodfellow et al. (2016), Algorithm 8.4 (delta
/// 1e-7); lecture L14. `delta_inside` takes sqrt(delta + r).
struct AdaGrad {
  static constexpr std::string_view kName = "adagrad";
  static constexpr std::array<std::string_view, 1> kState = {"r"};
  static constexpr RateRange kLearningRate = {0.01, "log(1e-4, 1)"};
  double delta = 1e-7;
  bool delta_inside = false;

  template <class F>
  void fields(F&& field) {
    field("delta", delta, "(0, inf)", "guards the division");
    field("delta_inside", delta_inside, "", "sqrt(delta + r) instead of delta + sqrt(r)");
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate);
    const GuardedRoot root(delta, delta_inside);
    return [=](Real theta, Real g, Real& r) {
      r = r + g * g;
      return theta - eps / root(r) * g;
    };
  }
};

}  // namespace ravine
