#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// ADADELTA: the ratio of two running root mean squares takes the place of the rate.
///
///   r <- rho r + (1 - rho) g^2;   d = -sqrt(u + epsilon) / sqrt(r + epsilon) g
///   u <- rho u + (1 - rho) d^2;   theta <- theta + eps d
///
/// Zeiler (2012), Algorithm 1, where r and u are E[g^2] and E[dx^2].
/// **Deviates:** the paper has no eps; a learning rate of 1 is the paper's rule.
struct AdaDelta {
  static constexpr std::string_view kName = "adadelta";
  static constexpr std::array<std::string_view, 2> kState = {"r", "u"};
  static constexpr RateRange kLearningRate = {1, "log(0.01, 100)"};
  double rho = 0.95;
  double epsilon = 1e-6;

  template <class F>
  void fields(F&& field) {
    field("rho", rho, "[0, 1)", "decay rate of the mean squares", "one_minus_log(0.5, 0.999)");
    field({"epsilon", "delta", "eps"}, epsilon, "(0, inf)",
          "starts the steps and guards against division by zero", "log(1e-8, 0.01)");
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate), keep = Real(rho), take = Real(1 - rho);
    const Real guard = Real(epsilon);
    return [=](Real theta, Real g, Real& r, Real& u) {
      r = keep * r + take * (g * g);
      const Real d = -std::sqrt(u + guard) / std::sqrt(r + guard) * g;
      u = keep * u + take * (d * d);
      return theta + eps * d;
    };
  }
};

}  // namespace ravine
