#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/root.hpp"

namespace ravine {

/// RMSProp: AdaGrad with an exponentially decaying average of the squared gradients.
///
///   r <- rho r + (1 - rho) g^2;   theta <- theta - eps / (epsilon + sqrt r) g
///
/// Tieleman and Hinton (2012), Coursera lecture 6.5; lecture L16. rho is the letter of the lecture,
/// of Goodfellow et al. (2016), Algorithm 8.5, and of Keras; PyTorch's `alpha` is understood, too
/// (the source has numbers only). epsilon 1e-6 is the delta of that algorithm, which has it inside
/// the root: `epsilon_inside`.
struct RmsProp {
  static constexpr std::string_view kName = "rmsprop";
  static constexpr std::array<std::string_view, 1> kState = {"r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double rho = 0.9;
  double epsilon = 1e-6;
  bool epsilon_inside = false;

  template <class F>
  void fields(F&& field) {
    field({"rho", "alpha"}, rho, "[0, 1)", "decay rate of the mean square",
          "one_minus_log(0.5, 0.999)");
    field({"epsilon", "delta", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"epsilon_inside", "delta_inside"}, epsilon_inside, "",
          "sqrt(epsilon + r) instead of epsilon + sqrt(r)");
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate), keep = Real(rho), take = Real(1 - rho);
    const GuardedRoot root(epsilon, epsilon_inside);
    return [=](Real theta, Real g, Real& r) {
      r = keep * r + take * (g * g);
      return theta - eps / root(r) * g;
    };
  }
};

}  // namespace ravine
