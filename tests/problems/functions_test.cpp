#include "ravine/problems/functions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/problems/linear_chain.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {
namespace {

template <class Function>
class Functions : public testing::Test {};
using All = testing::Types<Quadratic, Rosenbrock, Beale, Saddle, LinearChain>;
TYPED_TEST_SUITE(Functions, All);

TYPED_TEST(Functions, GradientAndHessianAgreeWithCentralDifferences) {
  TypeParam f;
  if constexpr (requires { f.dimension; }) f.dimension = 7;
  std::vector<double> x(f.size()), g(f.size()), v(f.size()), hv(f.size());
  f.start(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] += 0.1 * std::sin(double(i + 1));
    v[i] = std::cos(double(3 * i + 1));
  }
  f.evaluate(x, g);
  f.hessian_vector(x, v, hv);
  const auto moved = [&](const std::vector<double>& direction, double h) {
    std::vector<double> point = x;
    for (std::size_t i = 0; i < x.size(); ++i) point[i] += h * direction[i];
    return point;
  };
  const double h = 1e-5;
  std::vector<double> above(f.size()), below(f.size());
  f.evaluate(moved(v, h), above);
  f.evaluate(moved(v, -h), below);
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<double> unit(f.size()), unused(f.size());
    unit[i] = 1;
    const double slope =
        (f.evaluate(moved(unit, h), unused) - f.evaluate(moved(unit, -h), unused)) / (2 * h);
    EXPECT_NEAR(g[i], slope, 1e-6 * (1 + std::fabs(slope)));
    const double curvature = (above[i] - below[i]) / (2 * h);
    EXPECT_NEAR(hv[i], curvature, 1e-6 * (1 + std::fabs(curvature)));
  }
}

template <class Function>
double value_at(const Function& f, std::vector<double> x) {
  std::vector<double> g(x.size());
  return f.evaluate(x, g);
}

TEST(Functions, KnownValues) {
  EXPECT_EQ(value_at(Rosenbrock{3}, {1, 1, 1}), 0);
  EXPECT_NEAR(value_at(Rosenbrock{2}, {-1.2, 1}), 24.2, 1e-12);
  EXPECT_NEAR(value_at(Beale{}, {3, 0.5}), 0, 1e-25);
  EXPECT_NEAR(value_at(Beale{}, {1, 1}), 14.203125, 1e-12);
  EXPECT_EQ(value_at(Saddle{}, {3, 2}), 5);
}

TEST(Functions, QuadraticHasTheConditionItPromises) {
  const Quadratic f{5, 1e4, 0};
  EXPECT_EQ(f.eigenvalue(0), 1);
  EXPECT_NEAR(f.eigenvalue(2), 1e-2, 1e-15);
  EXPECT_EQ(f.eigenvalue(4), 1e-4);
  EXPECT_NEAR(value_at(f, {1, 1, 1, 1, 1}), 0.5 * 1.1111, 1e-12);
}

TEST(FunctionProblem, NoiseIsFixedWithinAStepAndAbsentFromMeasurements) {
  const auto problem = Catalogs().make_problem("quadratic(dimension=3, condition=1, noise=0.5)");
  const auto session = problem->start(7, 1, {1});
  AlignedVector<Real> theta(problem->layout().size()), g(theta.size()), again(theta.size());
  problem->initialize(*initializer_catalog().make("he"), 7, theta);
  EXPECT_EQ(theta[2], 1);
  EXPECT_EQ(theta[3], 0);  // padding
  const std::vector<std::int32_t> example = {0};
  double spread = 0;
  for (std::int64_t t = 1; t <= 400; ++t) {
    session->select(t, example);
    const double loss = session->evaluate(theta, g);
    EXPECT_EQ(session->evaluate(theta, again), loss);
    EXPECT_EQ(g, again);
    double noisy = 1.5;  // f(1, 1, 1) with unit curvatures
    for (std::size_t i = 0; i < 3; ++i) {
      noisy += double(g[i]) - 1;
      spread += (double(g[i]) - 1) * (double(g[i]) - 1) / 1200;
    }
    EXPECT_NEAR(loss, noisy, 1e-6);
  }
  EXPECT_NEAR(std::sqrt(spread), 0.5, 0.04);
  EXPECT_EQ(session->measure(theta).objective, 1.5);
  EXPECT_EQ(session->measure(theta).train_loss, 1.5);
  EXPECT_TRUE(std::isnan(session->measure(theta).test_loss));
}

TEST(FunctionProblem, HessianVectorProductsAreCounted) {
  const auto problem = Catalogs().make_problem("saddle");
  const auto session = problem->start(1, 1, {1});
  AlignedVector<Real> theta(problem->layout().size()), v(theta.size()), hv(theta.size(), Real(9));
  v[0] = 1;
  v[1] = 3;
  session->hessian_vector(theta, v, hv);
  EXPECT_EQ(hv[0], 2);
  EXPECT_EQ(hv[1], -6);
  EXPECT_EQ(hv[2], 0);
  EXPECT_EQ(session->counts().curvature_products, 1);
}

TEST(FunctionProblem, RefusesBatchNormalization) {
  EXPECT_THROW(Catalogs().make_problem("rosenbrock", "hidden"), Error);
}

}  // namespace
}  // namespace ravine
