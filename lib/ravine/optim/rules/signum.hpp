#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Signum: the sign of the momentum; every parameter moves by eps.
///
///   m <- beta m + (1 - beta) g;   theta <- theta - eps (sign(m) + lambda theta)
///
/// Bernstein, Wang, Azizzadenesheli and Anandkumar (2018), Algorithm 2; sign(0) = 0. beta = 0 is
/// signSGD. Lion with equal betas.
struct Signum {
  static constexpr std::string_view kName = "signum";
  static constexpr std::array<std::string_view, 1> kState = {"m"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta = 0.9;
  double weight_decay = 0;

  template <class F>
  void fields(F&& field) {
    field({"beta", "momentum"}, beta, "[0, 1)", "decay rate of the mean gradient",
          "one_minus_log(0.5, 0.99)");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps");
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate), kept = Real(decay(info));
    const Real keep = Real(beta), take = Real(1 - beta);
    return [=](Real theta, Real g, Real& m) {
      m = keep * m + take * g;
      const Real sign = Real(m > 0) - Real(m < 0);
      return kept * theta - eps * sign;
    };
  }
};

}  // namespace ravine
