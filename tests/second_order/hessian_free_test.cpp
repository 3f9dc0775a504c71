#include "ravine/optim/second_order/hessian_free.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "second_order/functions.hpp"

namespace ravine {
namespace {

using test::kDouble;

/// Mean of 1/2 (a tanh(b x) - y)^2 over points of a known curve, with everything that Hessian-free
/// asks for. theta = (a, b).
class CurveFit final : public Objective {
 public:
  bool stationary() const override { return true; }
  static constexpr double kA = 1.5, kB = 0.7;

 private:
  struct Terms {
    double residual, by_a, by_b;
  };
  template <class F>
  static void for_each(std::span<const Real> theta, F f) {
    for (int k = 1; k <= kPoints; ++k) {
      const double x = 0.25 * k, t = std::tanh(theta[1] * x);
      f(Terms{theta[0] * t - kA * std::tanh(kB * x), t, theta[0] * (1 - t * t) * x});
    }
  }
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    double loss = 0, g[2] = {0, 0};
    for_each(theta, [&](const Terms& terms) {
      loss += 0.5 * terms.residual * terms.residual / kPoints;
      g[0] += terms.residual * terms.by_a / kPoints;
      g[1] += terms.residual * terms.by_b / kPoints;
    });
    if (!gradient.empty())
      gradient[0] = static_cast<Real>(g[0]), gradient[1] = static_cast<Real>(g[1]);
    return loss;
  }
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    double out[2] = {0, 0};
    for_each(theta, [&](const Terms& terms) {
      const double along = terms.by_a * v[0] + terms.by_b * v[1];
      out[0] += along * terms.by_a / kPoints, out[1] += along * terms.by_b / kPoints;
    });
    std::fill(gv.begin(), gv.end(), Real{0});
    gv[0] = static_cast<Real>(out[0]), gv[1] = static_cast<Real>(out[1]);
  }
  bool do_mean_squared_gradient(std::span<const Real> theta, std::span<Real> out) override {
    double squares[2] = {0, 0};
    for_each(theta, [&](const Terms& terms) {
      squares[0] += std::pow(terms.residual * terms.by_a, 2) / kPoints;
      squares[1] += std::pow(terms.residual * terms.by_b, 2) / kPoints;
    });
    std::fill(out.begin(), out.end(), Real{0});
    out[0] = static_cast<Real>(squares[0]), out[1] = static_cast<Real>(squares[1]);
    return true;
  }
  static constexpr int kPoints = 20;
};

TEST(HessianFree, FitsACurveAndLosesItsDamping) {
  for (const char* preconditioner : {"gradients", "none"}) {
    CurveFit objective;
    HessianFreeOptions options;
    options.preconditioner = preconditioner;
    HessianFree method(options);
    std::vector<Real> theta(test::plane_layout().size(), 0);
    theta[0] = static_cast<Real>(0.2), theta[1] = static_cast<Real>(0.2);
    method.reset(test::plane_layout(), theta, {});
    double last = objective.evaluate(theta, {}), least_damping = 45;
    for (std::int64_t t = 1; t <= 50 && !method.ending(); ++t) {
      method.step({t, 1, 50}, objective, theta);
      least_damping = std::min(least_damping, method.damping());
      const double loss = objective.evaluate(theta, {});
      EXPECT_LE(loss, last) << "the loss falls monotonically";
      last = loss;
    }
    EXPECT_NEAR(theta[0], CurveFit::kA, kDouble ? 1e-5 : 1e-2) << preconditioner;
    EXPECT_NEAR(theta[1], CurveFit::kB, kDouble ? 1e-5 : 1e-2) << preconditioner;
    // At the end rounding decides whether a step still helps, and damping rises again in float.
    EXPECT_LT(least_damping, 45.0 / 10);
  }
}

// On a quadratic the undamped model is exact: rho = 1, so lambda falls by 2/3 at every step.
TEST(HessianFree, AdaptsItsDampingToTheModel) {
  auto objective = test::DenseQuadratic::rotated({1, 2, 5, 20}, 2);
  HessianFree method(HessianFreeOptions{});
  const ParameterLayout layout = test::one_block(4);
  std::vector<Real> theta(layout.size(), 0);
  method.reset(layout, theta, {});
  for (std::int64_t t = 1; t <= 5; ++t) {
    method.step({t, 1, 5}, objective, theta);
    EXPECT_NEAR(method.damping(), 45 * std::pow(2.0 / 3, static_cast<double>(t)), 1e-9);
  }
}

TEST(LinearCg, SolvesAndKeepsTheIteratesOfItsSchedule) {
  constexpr std::size_t kSize = 64;
  std::vector<Real> diagonal(kSize), b(kSize, 1), x(kSize, 0);
  for (std::size_t i = 0; i < kSize; ++i) diagonal[i] = static_cast<Real>(1 + i * i / 10.0);
  const auto product = [&](std::span<const Real> v, std::span<Real> av) {
    for (std::size_t i = 0; i < kSize; ++i) av[i] = diagonal[i] * v[i];
  };
  LinearCg cg;
  cg.reset(kSize, 250, 1e-12, {});
  const std::int64_t iterations = cg.solve(product, b, x, {});
  for (std::size_t i = 0; i < kSize; ++i)
    EXPECT_NEAR(cg.iterates().back()[i], 1 / diagonal[i], kDouble ? 1e-6 : 1e-3);
  std::size_t kept = 1;  // the last one
  for (double at = 5; std::ceil(at) < static_cast<double>(iterations); at *= 1.3) ++kept;
  EXPECT_EQ(cg.iterates().size(), kept);
  // With the exact preconditioner one iteration solves it; the stopping rule looks back 10.
  std::vector<Real> inverse(kSize);
  for (std::size_t i = 0; i < kSize; ++i) inverse[i] = 1 / diagonal[i];
  EXPECT_LE(cg.solve(product, b, x, inverse), 11);
}

TEST(LinearCg, StopsAtNegativeCurvature) {
  const auto product = [](std::span<const Real> v, std::span<Real> av) {
    for (std::size_t i = 0; i < v.size(); ++i) av[i] = (i == 0 ? 1 : -1) * v[i];
  };
  LinearCg cg;
  cg.reset(2, 250, 5e-4, {});
  const std::vector<Real> b = {1, 3}, x = {0, 0};
  EXPECT_EQ(cg.solve(product, b, x, {}), 0);
  EXPECT_EQ(cg.iterates().size(), 1u);
}

}  // namespace
}  // namespace ravine
