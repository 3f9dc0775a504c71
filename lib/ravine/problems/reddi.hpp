#pragma once

#include <cstdint>
#include <memory>

#include "ravine/problems/problem.hpp"

namespace ravine {

/// The online problem on which Adam converges to the worst point.
///
///   f_t(x) = 1010 x if t mod 101 = 1, else -10 x;   stochastic: 1010 x with probability 0.01
///   x in [-1, 1] (each step ends with the projection), start x = 0, best point x = -1
///
/// Reddi, Kale and Kumar (2018), Figure 1. `objective` is the loss of a point over 101 steps
/// above that of the best point, 10 (x + 1) or, expected, 20.2 (x + 1); `train_loss` is the average
/// regret R_t / t = 1/t sum_s (f_s(x_s) - f_s(-1)), undefined before the first step.
struct RAVINE_EXPORT Reddi {
  static constexpr std::string_view kName = "reddi";
  bool stochastic = false;

  template <class F>
  void fields(F&& field) {
    field("stochastic", stochastic, "",
          "draw the steep steps at random instead of taking every 101st");
  }
  std::shared_ptr<const Problem> build() const;

  /// The slope of f_t.
  double slope(std::uint64_t seed, std::int64_t step) const;
  /// The slope of the sum of 101 of them.
  double period_slope() const { return stochastic ? 20.2 : 10; }
};

}  // namespace ravine
