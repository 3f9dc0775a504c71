#pragma once

#include <array>
#include <string_view>

#include "ravine/optim/catalog.hpp"

using ravine::Real;

/// Sign of the momentum.
///
/// Bernstein, Wang, Azizzadenesheli and Anandkumar (2018), Algorithm 2.
struct SignMomentum {  // m <- beta m + (1 - beta) g;   theta <- theta - eps sign(m)
  static constexpr std::string_view kName = "sign_momentum";
  static constexpr std::array<std::string_view, 1> kState = {"m"};
  // The rate of an untuned run, and the scales on which --tune searches rate and beta.
  static constexpr ravine::RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta = 0.9;

  template <class F>
  void fields(F&& field) {
    field("beta", beta, "[0, 1)", "share of the average that is kept", "one_minus_log(0.5, 0.999)");
  }

  auto at(const ravine::StepInfo& info) const {
    const Real b = static_cast<Real>(beta), eps = static_cast<Real>(info.learning_rate);
    return [=](Real theta, Real g, Real& m) {
      m = b * m + (1 - b) * g;
      return theta - (m > 0 ? eps : m < 0 ? -eps : 0);
    };
  }
};
