#pragma once

#include <cstddef>
#include <span>
#include <string_view>

/// Four minima of equal depth around a hill.
///
///   f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2;   start (0, 0);   minimum 0 at (3, 2) and others
///
/// Himmelblau (1972), Applied Nonlinear Programming, problem 29.
struct Himmelblau {
  static constexpr std::string_view kName = "himmelblau";

  std::size_t size() const { return 2; }
  void start(std::span<double> x) const { x[0] = x[1] = 0; }
  double evaluate(std::span<const double> x, std::span<double> g) const {
    const double a = x[0] * x[0] + x[1] - 11, b = x[0] + x[1] * x[1] - 7;
    g[0] = 4 * x[0] * a + 2 * b;
    g[1] = 2 * a + 4 * x[1] * b;
    return a * a + b * b;
  }
  template <class F>
  void fields(F&&) {}
};
