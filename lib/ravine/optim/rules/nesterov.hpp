#pragma once

#include <array>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Nesterov's accelerated gradient: step along the velocity first, then correct.
///
///   g at theta + alpha v;   v <- alpha v - eps g;   theta <- theta + v
///
/// Nesterov (1983) in the form of Sutskever et al. (2013), equations 3 and 4; lecture L12.
/// **Deviates:** PyTorch stores theta + alpha v in place of theta: the same iterates at a constant
/// rate, measured at other points.
struct Nesterov {
  static constexpr std::string_view kName = "nesterov";
  static constexpr std::array<std::string_view, 1> kState = {"v"};
  static constexpr RateRange kLearningRate = {0.01, "log(1e-4, 1)"};
  double alpha = 0.9;

  template <class F>
  void fields(F&& field) {
    field("alpha", alpha, "[0, 1)", "share of the velocity that is kept",
          "one_minus_log(0.5, 0.999)");
  }

  auto lookahead(const StepInfo&) const {
    return [a = Real(alpha)](Real theta, Real v) { return theta + a * v; };
  }

  auto at(const StepInfo& info) const {
    const Real a = Real(alpha), eps = Real(info.learning_rate);
    return [=](Real theta, Real g, Real& v) {
      v = a * v - eps * g;
      return theta + v;
    };
  }
};

}  // namespace ravine
