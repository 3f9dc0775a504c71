#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ravine/export.hpp"

namespace ravine {

// Analytic functions of a few to a few thousand variables, in double: value and gradient in one
// call, exact Hessian-vector product, and a start point of their own. Thread-safe.

/// An axis-aligned ravine, f(x) = 1/2 sum_i lambda_i x_i^2, lambda falling geometrically from 1 to
/// 1 / condition; start (1, ..., 1). With `noise`, step t sees f(x) + noise xi_t' x with xi_t ~
/// N(0, I): gradients are noisy and yet those of one function within a step.
struct RAVINE_EXPORT Quadratic {
  static constexpr std::string_view kName = "quadratic";
  std::int64_t dimension = 2;
  double condition = 100;
  double noise = 0;

  std::size_t size() const { return static_cast<std::size_t>(dimension); }
  double eigenvalue(std::size_t i) const;
  void start(std::span<double> x) const;
  double evaluate(std::span<const double> x, std::span<double> g) const;
  void hessian_vector(std::span<const double> x, std::span<const double> v,
                      std::span<double> hv) const;
  template <class F>
  void fields(F&& field) {
    field("dimension", dimension, "[1, 1000000]", "number of variables");
    field("condition", condition, "[1, inf)", "ratio of the largest to the smallest curvature");
    field("noise", noise, "[0, inf)", "standard deviation of the gradient noise");
  }
};

/// The banana valley, f(x) = sum_i 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2; start (-1.2, 1, -1.2,
/// ...); minimum 0 at (1, ..., 1). Rosenbrock (1960).
struct RAVINE_EXPORT Rosenbrock {
  static constexpr std::string_view kName = "rosenbrock";
  std::int64_t dimension = 2;

  std::size_t size() const { return static_cast<std::size_t>(dimension); }
  void start(std::span<double> x) const;
  double evaluate(std::span<const double> x, std::span<double> g) const;
  void hessian_vector(std::span<const double> x, std::span<const double> v,
                      std::span<double> hv) const;
  template <class F>
  void fields(F&& field) {
    field("dimension", dimension, "[2, 1000000]", "number of variables");
  }
};

/// f(x, y) = sum_{k=1..3} (c_k - x (1 - y^k))^2, c = (1.5, 2.25, 2.625); start (1, 1); minimum 0
/// at (3, 0.5). Beale (1958); More, Garbow & Hillstrom (1981), no. 5.
struct RAVINE_EXPORT Beale {
  static constexpr std::string_view kName = "beale";

  std::size_t size() const { return 2; }
  void start(std::span<double> x) const;
  double evaluate(std::span<const double> x, std::span<double> g) const;
  void hessian_vector(std::span<const double> x, std::span<const double> v,
                      std::span<double> hv) const;
  template <class F>
  void fields(F&&) {}
};

/// f(x, y) = x^2 - y^2, unbounded below; Newton's method jumps to its saddle point. Dauphin et al.
/// (2014).
struct RAVINE_EXPORT Saddle {
  static constexpr std::string_view kName = "saddle";
  double x0 = 1, y0 = 0.5;

  std::size_t size() const { return 2; }
  void start(std::span<double> x) const;
  double evaluate(std::span<const double> x, std::span<double> g) const;
  void hessian_vector(std::span<const double> x, std::span<const double> v,
                      std::span<double> hv) const;
  template <class F>
  void fields(F&& field) {
    field("x0", x0, "", "start along the valley wall");
    field("y0", y0, "", "start along the way down");
  }
};

}  // namespace ravine
