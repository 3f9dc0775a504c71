#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Momentum: the velocity is an exponentially decaying average of the negative gradients.
///
///   v <- beta v - eps g;   theta <- theta + v
///
/// Polyak (1964), whose letter beta is; lecture L9, where it is alpha. PyTorch says momentum. Under
/// a constant gradient the step tends to eps |g| / (1 - beta).
/// **Deviates:** PyTorch keeps v <- mu v + g and moves by -eps v: the same curve at a constant
/// rate, another one when eps changes during training.
struct Momentum {
  static constexpr std::string_view kName = "momentum";
  static constexpr std::array<std::string_view, 1> kState = {"v"};
  static constexpr RateRange kLearningRate = {0.01, "log(1e-4, 1)"};
  double beta = 0.9;

  template <class F>
  void fields(F&& field) {
    field({"beta", "alpha", "momentum"}, beta, "[0, 1)", "fraction of the velocity that is kept",
          "one_minus_log(0.5, 0.999)");
  }

  auto at(const StepInfo& info) const {
    const Real a = Real(beta), eps = Real(info.learning_rate);
    return [=](Real theta, Real g, Real& v) {
      v = a * v - eps * g;
      return theta + v;
    };
  }
};

}  // namespace ravine
