#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Stochastic gradient descent; with the full batch, batch gradient descent.
///
///   theta <- theta - eps g
///
/// Robbins and Monro (1951); lecture L1 and L3 (Algorithm 2).
struct Sgd {
  static constexpr std::string_view kName = "sgd";
  static constexpr std::array<std::string_view, 0> kState = {};
  static constexpr RateRange kLearningRate = {0.1, "log(1e-3, 10)"};

  template <class F>
  void fields(F&&) {}

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate);
    return [=](Real theta, Real g) { return theta - eps * g; };
  }
};

}  // namespace ravine
