#include "ravine/nn/layers/activation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ravine {
namespace {

constexpr long double kEpsilon = std::numeric_limits<Real>::epsilon();
// The range in which e^-|x| is a normal number.
constexpr long double kReach = sizeof(Real) == 4 ? 87 : 700;

long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

std::vector<Real> points() {
  std::vector<Real> x;
  for (long double v = -kReach; v <= kReach; v += 0.0625L) x.push_back(static_cast<Real>(v));
  return x;
}

// y = f(x), then dy = f'(x) from y, as a network does it.
std::vector<Real> derivatives(Activation activation, const std::vector<Real>& x) {
  std::vector<Real> y = x, dy(x.size(), Real(1));
  apply_activation(activation, y);
  apply_derivative(activation, y, dy);
  return dy;
}

TEST(Activation, SoftplusHasADerivativeToTheEndOfItsTail) {
  const std::vector<Real> x = points(), dy = derivatives(Activation::kSoftplus, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double exact = sigmoid(x[i]);
    ASSERT_NEAR(static_cast<long double>(dy[i]) / exact, 1, 8 * kEpsilon) << "at " << x[i];
  }
}

TEST(Activation, SoftplusHasCurvatureToTheEndOfItsTails) {
  const std::vector<Real> x = points();
  std::vector<Real> y = x, ty(x.size(), Real(1)), dy(x.size(), Real(1)), tdy(x.size(), Real(0));
  apply_activation(Activation::kSoftplus, y);
  apply_derivative(Activation::kSoftplus, y, ty);  // R{y} for R{x} = 1
  apply_derivative_tangent(Activation::kSoftplus, y, ty, dy, tdy);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double v = x[i], exact = sigmoid(v) * sigmoid(-v);
    // e^-y of a rounded y: the relative error grows with y.
    ASSERT_NEAR(static_cast<long double>(tdy[i]) / exact, 1, (16 + std::max(v, 0.0L)) * kEpsilon)
        << "at " << x[i];
    ASSERT_NEAR(static_cast<long double>(dy[i]) / sigmoid(v), 1, 8 * kEpsilon) << "at " << x[i];
  }
}

// What the docstring promises where y rounds to 1: an absolute error, and all digits elsewhere.
TEST(Activation, DerivativesFromOutputsAreGoodToAnUnitOfOne) {
  const std::vector<Real> x = points();
  const auto check = [&](Activation activation, auto exact, auto relative_error) {
    const std::vector<Real> dy = derivatives(activation, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double v = x[i], expected = exact(v);
      ASSERT_NEAR(dy[i], expected, 4 * kEpsilon) << "at " << v;
      ASSERT_NEAR(dy[i], expected, 4 * kEpsilon * relative_error(v) * expected) << "at " << v;
    }
  };
  check(
      Activation::kSigmoid, [](long double v) { return sigmoid(v) * sigmoid(-v); },
      [](long double v) { return 2 + std::exp(v); });
  check(
      Activation::kTanh, [](long double v) { return 1 / (std::cosh(v) * std::cosh(v)); },
      [](long double v) { return 2 + std::exp(2 * std::fabs(v)); });
  check(
      Activation::kSoftsign,
      [](long double v) { return 1 / ((1 + std::fabs(v)) * (1 + std::fabs(v))); },
      [](long double v) { return 2 + std::fabs(v); });
}

}  // namespace
}  // namespace ravine
