// The order of convergence, and what the methods cost on the classic valley.
#include <gtest/gtest.h>

#include <cmath>

#include "second_order/functions.hpp"

namespace ravine {
namespace {

#ifdef RAVINE_DOUBLE  // needs its digits
std::vector<double> errors_of(const char* name, std::int64_t steps) {
  test::PlaneObjective objective(test::rosenbrock);
  const auto method = test::make_optimizer(name, test::one_block(2));
  std::vector<Real> theta(test::one_block(2).size(), 0);
  theta[0] = static_cast<Real>(-1.2), theta[1] = 1;
  std::vector<double> errors;
  for (std::int64_t t = 1; t <= steps; ++t) {
    errors.push_back(std::hypot(theta[0] - 1, theta[1] - 1));
    if (errors.back() < 1e-10 || method->ending()) break;
    method->step({t, 1, steps}, objective, theta);
  }
  return errors;
}

TEST(Rosenbrock, BfgsConvergesSuperlinearly) {
  const auto errors = errors_of("bfgs", 200);
  ASSERT_LT(errors.back(), 1e-7);
  EXPECT_LT(errors.size(), 50u);
  // The ratios of successive errors fall to zero; those of a linear method would not.
  const std::size_t n = errors.size();
  double geometric = 1;
  for (std::size_t k = n - 3; k < n; ++k) geometric *= errors[k] / errors[k - 1];
  EXPECT_LT(std::cbrt(geometric), 0.1);
}

TEST(Rosenbrock, SteepestDescentIsHundredsOfTimesSlower) {
  const auto descent = errors_of("gradient_descent", 1000);
  EXPECT_GT(descent.back(), 1e-4);
  EXPECT_LT(descent.back(), descent.front());
}
#endif

}  // namespace
}  // namespace ravine
