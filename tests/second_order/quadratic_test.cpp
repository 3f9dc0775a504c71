// On quadratics with exact line search the theory is exact.
#include <gtest/gtest.h>

#include <cmath>

#include "ravine/optim/second_order/bfgs.hpp"
#include "second_order/functions.hpp"

namespace ravine {
namespace {

using test::DenseQuadratic;
using test::kDouble;

constexpr std::size_t kDimensions =
    8;  // no padding in either precision's layout would change the theory

std::vector<double> spectrum(std::uint64_t seed) {
  RandomStream random(seed, Purpose::kTest, 1);
  std::vector<double> values(kDimensions);
  for (double& value : values) value = random.uniform(0.5, 20);
  return values;
}

ParameterLayout layout() { return test::one_block(kDimensions); }

class ExactTermination : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Methods, ExactTermination,
                         testing::Values("conjugate_gradient(beta=fletcher_reeves, restart=100, ",
                                         "conjugate_gradient(beta=polak_ribiere, restart=100, ",
                                         "conjugate_gradient(beta=hestenes_stiefel, restart=100, ",
                                         "bfgs(initial=identity, ", "bfgs(initial=scaled, ",
                                         "lbfgs(history=8, initial=identity, "));

TEST_P(ExactTermination, ReachesTheMinimumInNSteps) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    auto objective = DenseQuadratic::rotated(spectrum(seed), seed);
    const auto optimizer = test::make_optimizer(GetParam() + "line_search=exact)", layout());
    std::vector<Real> theta(layout().size(), 0);
    const auto largest = test::run(*optimizer, objective, theta, kDimensions + 1);
    EXPECT_LT(largest.back() / largest.front(), kDouble ? 1e-9 : 1e-4) << "seed " << seed;
    EXPECT_GT(largest[kDimensions / 2] / largest.front(), 1e-5) << "that was too easy a problem";
  }
}

// k distinct eigenvalues: k steps (Nocedal and Wright 2006, Theorem 5.4).
TEST_P(ExactTermination, NeedsAsManyStepsAsThereAreEigenvalues) {
  auto objective = DenseQuadratic::rotated({1, 1, 1, 5, 5, 9, 9, 9}, 3);
  const auto optimizer = test::make_optimizer(GetParam() + "line_search=exact)", layout());
  std::vector<Real> theta(layout().size(), 0);
  const auto largest = test::run(*optimizer, objective, theta, 4);
  EXPECT_LT(largest.back() / largest.front(), kDouble ? 1e-10 : 1e-5);
}

void expect_same_paths(const std::string& one, const std::string& other, double tolerance) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    auto first = DenseQuadratic::rotated(spectrum(seed), seed), second = first;
    const auto a = test::make_optimizer(one, layout()), b = test::make_optimizer(other, layout());
    std::vector<Real> x(layout().size(), 0), y = x;
    for (std::int64_t t = 1; t <= 6; ++t) {
      a->step({t, 1, 6}, first, x);
      b->step({t, 1, 6}, second, y);
      for (std::size_t i = 0; i < kDimensions; ++i)
        ASSERT_NEAR(x[i], y[i], tolerance) << "step " << t << " of seed " << seed;
    }
  }
}

constexpr double kSamePath = kDouble ? 1e-10 : 2e-3;

TEST(Quadratic, FletcherReevesIsPolakRibiere) {
  expect_same_paths("conjugate_gradient(beta=fletcher_reeves, line_search=exact)",
                    "conjugate_gradient(beta=polak_ribiere, line_search=exact)", kSamePath);
}

TEST(Quadratic, BfgsIsConjugateGradients) {
  expect_same_paths("bfgs(initial=identity, line_search=exact)",
                    "conjugate_gradient(line_search=exact)", kSamePath);
}

TEST(Quadratic, LbfgsWithALongHistoryIsBfgs) {
  expect_same_paths("lbfgs(history=8, initial=identity)", "bfgs(initial=identity)", kSamePath);
}

#ifdef RAVINE_DOUBLE  // needs its digits
// The secant equation H y = s, on which quasi-Newton methods rest.
TEST(Quadratic, BfgsLearnsTheInverseHessian) {
  const std::vector<double> values = spectrum(1);
  auto objective = DenseQuadratic::rotated(values, 1);
  Bfgs bfgs([] {
    BfgsOptions options;
    options.line_search = "exact";
    return options;
  }());
  std::vector<Real> theta(layout().size(), 0);
  bfgs.reset(layout(), theta, {});
  test::run(bfgs, objective, theta, kDimensions);
  // H A = I after n steps.
  std::vector<Real> unit(kDimensions, 0), column(kDimensions), product(kDimensions);
  for (std::size_t k = 0; k < kDimensions; ++k) {
    std::fill(unit.begin(), unit.end(), Real{0});
    unit[k] = 1;
    objective.hessian_vector(theta, unit, column);
    for (std::size_t i = 0; i < kDimensions; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < kDimensions; ++j) sum += bfgs.inverse_hessian()(i, j) * column[j];
      EXPECT_NEAR(sum, i == k ? 1 : 0, 1e-6);
    }
  }
}
#endif

// From the worst start, c + (1/lambda_i), steepest descent contracts by exactly (k - 1)/(k + 1).
TEST(Quadratic, SteepestDescentContractsAsKantorovichSays) {
  DenseQuadratic objective({{1, 0}, {0, 10}}, {0, 0});
  const auto optimizer =
      test::make_optimizer("gradient_descent(line_search=exact)", test::one_block(2));
  std::vector<Real> theta(test::one_block(2).size(), 0);
  theta[0] = 10, theta[1] = 1;
  double last = objective.evaluate(theta, {});
  for (std::int64_t t = 1; t <= 5; ++t) {
    optimizer->step({t, 1, 5}, objective, theta);
    const double loss = objective.evaluate(theta, {});
    EXPECT_NEAR(loss / last, 81.0 / 121, kDouble ? 1e-12 : 1e-4);
    last = loss;
  }
}

}  // namespace
}  // namespace ravine
