// Wilson et al. (2017), section 3.3: closed forms of both solutions.
#include <gtest/gtest.h>

#include "exact/drive.hpp"
#include "ravine/core/error.hpp"
#include "ravine/problems/wilson.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {
namespace {

// The solution of least norm, w = sum_+ a_+ x_i - sum_- a_- x_i.
std::vector<double> least_norm(const Wilson& data) {
  const double p = static_cast<double>(data.positives), n = static_cast<double>(data.negatives);
  const double d = 15 * p + 3 * n + 8 * p * n + 5;
  const double a_p = (4 * n + 5) / d, a_n = (4 * p + 1) / d;
  std::vector<double> w(Wilson::kShared + Wilson::kPrivate * data.examples());
  w[0] = p * a_p + n * a_n;
  w[1] = w[2] = p * a_p - n * a_n;
  for (std::size_t i = 0; i < data.examples(); ++i)
    for (std::size_t k = 0; k < data.private_count(i); ++k)
      w[data.first_private(i) + k] = data.label(i) > 0 ? a_p : -a_n;
  return w;
}

// sign(X' y) / 4
std::vector<double> sign_solution(const Wilson& data) {
  std::vector<double> w(Wilson::kShared + Wilson::kPrivate * data.examples());
  w[0] = w[1] = w[2] = 0.25;
  for (std::size_t i = 0; i < data.examples(); ++i)
    for (std::size_t k = 0; k < data.private_count(i); ++k)
      w[data.first_private(i) + k] = data.label(i) / 4;
  return w;
}

void expect_weights(std::span<const Real> w, const std::vector<double>& expected,
                    double tolerance) {
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(w[i], expected[i], tolerance) << i;
}

TEST(Wilson, GradientDescentAndMomentumFindTheSolutionOfLeastNorm) {
  for (const char* optimizer : {"sgd", "momentum", "nesterov"}) {
    Drive drive("wilson(positives=6, negatives=3)", optimizer);
    drive.steps(4000, optimizer == std::string("sgd") ? 0.3 : 0.05);
    expect_weights(drive.theta(), least_norm({6, 3}), 1e-8);
    EXPECT_LT(drive.measure().train_loss, 1e-10);
    EXPECT_EQ(drive.measure().test_accuracy, 1);
    EXPECT_NEAR(Wilson::fresh_score(drive.theta(), 1), 0.9315, 5e-5);
    EXPECT_NEAR(Wilson::fresh_score(drive.theta(), -1), -0.4960, 5e-5);
  }
}

// With rho = 0.9 RMSProp gets there, too, but forgets the size of the gradients so fast that it
// then magnifies rounding errors to whole steps.
TEST(Wilson, AdaptiveRulesFindTheSignSolutionAndCallEverythingPositive) {
  struct Case {
    const char* optimizer;
    double learning_rate, decay;
  };
  for (const Case& c : {Case{"adagrad(epsilon=1e-12)", 0.05, 1},
                        Case{"rmsprop(rho=0.99, epsilon=1e-12)", 0.01, 0.999},
                        Case{"adam(epsilon=1e-12)", 0.01, 0.999}}) {
    Drive drive("wilson(positives=6, negatives=3)", c.optimizer);
    double learning_rate = c.learning_rate;
    for (int t = 0; t < 2000; ++t) drive.step(learning_rate *= c.decay);
    expect_weights(drive.theta(), sign_solution({6, 3}), 1e-6);
    EXPECT_LT(drive.measure().train_loss, 1e-10) << c.optimizer;
    EXPECT_DOUBLE_EQ(drive.measure().test_accuracy, 6.0 / 9);
    EXPECT_NEAR(Wilson::fresh_score(drive.theta(), 1), 0.75, 1e-6);
    EXPECT_NEAR(Wilson::fresh_score(drive.theta(), -1), 0.25, 1e-6);
  }
}

TEST(Wilson, SignsOfFreshScoresFollowTheFormulaForOtherCounts) {
  Drive drive("wilson(positives=11, negatives=7)", "sgd");
  drive.steps(20000, 0.2);
  expect_weights(drive.theta(), least_norm({11, 7}), 1e-8);
  EXPECT_EQ(drive.measure().test_accuracy, 1);
  EXPECT_THROW(Catalogs().make_problem("wilson(positives=3, negatives=3)"), Error);
}

}  // namespace
}  // namespace ravine
