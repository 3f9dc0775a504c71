#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Yogi: Adam whose mean square moves by a fixed share of g^2, so that it falls slowly.
///
///   s <- beta1 s + (1 - beta1) g;   r <- r - (1 - beta2) sign(r - g^2) g^2
///   theta <- theta - eps s^ / (sqrt(r^) + epsilon)
///
/// with Adam's corrections. Zaheer, Reddi, Sachan, Kale and Kumar (2018), Algorithm 2. r starts at
/// `initial`, s at `initial_s`.
/// **Deviates:** the paper has no corrections and starts r at the square of a first batch; these
/// are optax's (r from 1e-6, corrected), which also starts s at 1e-6: theta then moves without a
/// gradient. `initial_s` reproduces it.
struct Yogi {
  static constexpr std::string_view kName = "yogi";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr std::array<std::string_view, 2> kFixed = {"initial", "initial_s"};
  static constexpr RateRange kLearningRate = {0.01, "log(1e-4, 1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-3;
  double initial = 1e-6;
  double initial_s = 0;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "1 - beta2 is the share of g^2 by which r moves",
          "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero",
          "log(1e-8, 0.01)");
    field("initial", initial, "[0, inf)", "r before the first step");
    field("initial_s", initial_s, "[0, inf)", "s before the first step");
  }

  auto start() const {
    return [s0 = Real(initial_s), r0 = Real(initial)](Real, Real& s, Real& r) {
      s = s0;
      r = r0;
    };
  }

  auto at(const StepInfo& info) const {
    const double weight1 = 1 - integer_power(beta1, info.step);
    const double weight2 = 1 - integer_power(beta2, info.step);
    const Real eps = Real(info.learning_rate / weight1), scale = Real(1 / weight2);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real take2 = Real(1 - beta2), d = Real(epsilon);
    return [=](Real theta, Real g, Real& s, Real& r) {
      const Real square = g * g;
      s = keep1 * s + take1 * g;
      r = r - take2 * (Real(r > square) - Real(r < square)) * square;
      return theta - eps * s / (std::sqrt(scale * r) + d);
    };
  }
};

}  // namespace ravine
