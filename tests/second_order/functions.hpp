#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "optim/support.hpp"
#include "ravine/core/random.hpp"

namespace ravine::test {

/// f(x) = 1/2 (x - c)'A (x - c) with any symmetric A, and an exact product. A Gauss-Newton matrix
/// is the Hessian here.
class DenseQuadratic final : public Objective {
 public:
  DenseQuadratic(std::vector<std::vector<double>> a, std::vector<double> centre)
      : a_(std::move(a)), centre_(std::move(centre)) {}
  bool stationary() const override { return true; }

  /// Eigenvalues `values` in a random orthonormal basis.
  static DenseQuadratic rotated(const std::vector<double>& values, std::uint64_t seed) {
    const std::size_t n = values.size();
    RandomStream random(seed, Purpose::kTest);
    std::vector<std::vector<double>> q(n, std::vector<double>(n));
    for (std::size_t k = 0; k < n; ++k) {
      for (double& x : q[k]) x = random.normal();
      for (int twice = 0; twice < 2; ++twice)
        for (std::size_t l = 0; l < k; ++l) {
          double along = 0;
          for (std::size_t i = 0; i < n; ++i) along += q[k][i] * q[l][i];
          for (std::size_t i = 0; i < n; ++i) q[k][i] -= along * q[l][i];
        }
      double norm = 0;
      for (double x : q[k]) norm += x * x;
      for (double& x : q[k]) x /= std::sqrt(norm);
    }
    std::vector<std::vector<double>> a(n, std::vector<double>(n));
    std::vector<double> centre(n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t k = 0; k < n; ++k) a[i][j] += values[k] * q[k][i] * q[k][j];
    for (double& x : centre) x = random.normal();
    return {a, centre};
  }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    double loss = 0;
    for (std::size_t i = 0; i < centre_.size(); ++i) {
      double g = 0;
      for (std::size_t j = 0; j < centre_.size(); ++j)
        g += a_[i][j] * (double{theta[j]} - centre_[j]);
      loss += 0.5 * g * (double{theta[i]} - centre_[i]);
      if (!gradient.empty()) gradient[i] = static_cast<Real>(g);
    }
    return loss;
  }
  void do_hessian_vector(std::span<const Real>, std::span<const Real> v,
                         std::span<Real> hv) override {
    for (std::size_t i = 0; i < centre_.size(); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < centre_.size(); ++j) sum += a_[i][j] * double{v[j]};
      hv[i] = static_cast<Real>(sum);
    }
  }
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    do_hessian_vector(theta, v, gv);
  }

  std::vector<std::vector<double>> a_;
  std::vector<double> centre_;
};

/// A function of two variables from its value, gradient and Hessian.
struct Plane {
  double value, g[2], h[3];  // h: xx, xy, yy
};
class PlaneObjective final : public Objective {
 public:
  using Function = std::function<Plane(double, double)>;
  explicit PlaneObjective(Function function) : function_(std::move(function)) {}
  bool stationary() const override { return true; }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    const Plane plane = function_(theta[0], theta[1]);
    if (!gradient.empty())
      for (std::size_t i = 0; i < 2; ++i) gradient[i] = static_cast<Real>(plane.g[i]);
    return plane.value;
  }
  void do_hessian_vector(std::span<const Real> theta, std::span<const Real> v,
                         std::span<Real> hv) override {
    const Plane plane = function_(theta[0], theta[1]);
    hv[0] = static_cast<Real>(plane.h[0] * v[0] + plane.h[1] * v[1]);
    hv[1] = static_cast<Real>(plane.h[1] * v[0] + plane.h[2] * v[1]);
  }
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    do_hessian_vector(theta, v, gv);
  }
  Function function_;
};

inline ParameterLayout plane_layout() { return one_block(2); }

inline Plane saddle(double x, double y) { return {x * x - y * y, {2 * x, -2 * y}, {2, 0, -2}}; }
inline Plane monkey_saddle(double x, double y) {
  return {x * x * x - 3 * x * y * y, {3 * x * x - 3 * y * y, -6 * x * y}, {6 * x, -6 * y, -6 * x}};
}
inline Plane rosenbrock(double x, double y) {
  const double valley = y - x * x, slope = 1 - x;
  return {100 * valley * valley + slope * slope,
          {-400 * x * valley - 2 * slope, 200 * valley},
          {-400 * (valley - 2 * x * x) + 2, -400 * x, 200}};
}

/// Steps an optimizer until its ending or `steps`; returns max_i |g_i| before each step.
inline std::vector<double> run(Optimizer& optimizer, Objective& objective, std::span<Real> theta,
                               std::int64_t steps, double learning_rate = 1) {
  std::vector<double> largest;
  for (std::int64_t t = 1; t <= steps; ++t) {
    optimizer.step({t, learning_rate, steps}, objective, theta);
    double most = 0;
    for (Real g : optimizer.last_gradient()) most = std::max(most, std::abs(double{g}));
    largest.push_back(most);
    if (optimizer.ending()) break;
  }
  return largest;
}

inline constexpr bool kDouble = sizeof(Real) == 8;

}  // namespace ravine::test
