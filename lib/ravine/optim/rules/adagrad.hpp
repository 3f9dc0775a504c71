#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/root.hpp"

namespace ravine {

/// AdaGrad: every parameter's rate falls with the sum of its squared gradients.
///
///   r <- r + g^2;   theta <- theta - eps / (epsilon + sqrt r) g
///
/// Duchi, Hazan and Singer (2011), diagonal form; Goodfellow et al. (2016), Algorithm 8.4; lecture
/// L14. Both of these write delta for epsilon (1e-7), which is PyTorch's and Keras's name.
/// `epsilon_inside` takes sqrt(epsilon + r).
struct AdaGrad {
  static constexpr std::string_view kName = "adagrad";
  static constexpr std::array<std::string_view, 1> kState = {"r"};
  static constexpr RateRange kLearningRate = {0.01, "log(1e-4, 1)"};
  double epsilon = 1e-7;
  bool epsilon_inside = false;

  template <class F>
  void fields(F&& field) {
    field({"epsilon", "delta", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"epsilon_inside", "delta_inside"}, epsilon_inside, "",
          "sqrt(epsilon + r) instead of epsilon + sqrt(r)");
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate);
    const GuardedRoot root(epsilon, epsilon_inside);
    return [=](Real theta, Real g, Real& r) {
      r = r + g * g;
      return theta - eps / root(r) * g;
    };
  }
};

}  // namespace ravine
