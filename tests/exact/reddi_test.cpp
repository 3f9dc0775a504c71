// Reddi, Kale and Kumar (2018), Figure 1: Adam converges to the worst point, AMSGrad to the best.
#include <gtest/gtest.h>

#include "exact/drive.hpp"
#include "ravine/problems/reddi.hpp"

namespace ravine {
namespace {

struct Point {
  std::int64_t t;
  double x, regret;
};

// An independent simulation, rounded to three digits.
void expect_course(Drive& drive, const std::vector<Point>& course, double eps, bool decays) {
  for (const Point& expected : course) {
    while (drive.step_count() < expected.t) {
      const double t = static_cast<double>(drive.step_count() + 1);
      drive.step(decays ? eps / std::sqrt(t) : eps);
    }
    EXPECT_NEAR(drive.theta()[0], expected.x, 6e-4) << expected.t;
    EXPECT_NEAR(drive.measure().train_loss, expected.regret, expected.regret > 1 ? 6e-3 : 6e-4)
        << expected.t;
  }
}

TEST(Reddi, AdamEndsAtTheWorstPoint) {
  Drive drive("reddi", "adam(beta1=0.9, beta2=0.99)");
  expect_course(
      drive, {{1000, -.311, 1.66}, {10000, .948, .681}, {100000, .993, .310}, {300000, .995, .257}},
      0.5, true);
  EXPECT_GT(drive.theta()[0], 0.9);
  EXPECT_GE(drive.measure().train_loss, 0.19);
  EXPECT_NEAR(drive.measure().objective, 10 * (drive.theta()[0] + 1), 1e-12);
}

TEST(Reddi, AmsGradEndsAtTheBestAndItsRegretVanishes) {
  Drive drive("reddi", "amsgrad(beta1=0.9, beta2=0.99)");
  expect_course(drive, {{1000, -.721, 1.72}, {10000, -.801, .438}, {100000, -.984, .122}}, 0.5,
                true);
  const double earlier = drive.measure().train_loss;
  expect_course(drive, {{300000, -.9998, .066}}, 0.5, true);
  EXPECT_LT(drive.theta()[0], -0.98);
  EXPECT_NEAR(drive.measure().train_loss / earlier, 0.54, 0.01);  // like 1 / sqrt(t): 0.58
}

TEST(Reddi, WithAConstantRateTheRegretKeepsAFloor) {
  Drive adam("reddi", "adam(beta1=0.9, beta2=0.99)");
  expect_course(adam, {{1000, .018, .231}, {10000, .188, .257}, {100000, .9955, .219}}, 1e-3,
                false);
  Drive amsgrad("reddi", "amsgrad(beta1=0.9, beta2=0.99)");
  expect_course(amsgrad, {{1000, -.0025, .235}, {10000, -.0094, .232}, {100000, -.083, .137}}, 1e-3,
                false);
}

// The share of steep steps within 4.5 standard deviations: false alarm once in 150 000 seeds.
TEST(Reddi, StochasticStepsHaveTheStatedMeanAndDivideTheRulesToo) {
  constexpr int kSteps = 1000000;
  const Reddi problem{.stochastic = true};
  Drive adam("reddi(stochastic=true)", "adam(beta1=0.9, beta2=0.99)", {}, 1);
  Drive amsgrad("reddi(stochastic=true)", "amsgrad(beta1=0.9, beta2=0.99)", {}, 1);
  double slopes = 0;
  for (int t = 1; t <= kSteps; ++t) {
    adam.step(0.5 / std::sqrt(t));
    amsgrad.step(0.5 / std::sqrt(t));
    slopes += problem.slope(1, t);
  }
  EXPECT_NEAR(slopes / kSteps, problem.period_slope() / 101,
              4.5 * 1020 * std::sqrt(0.01 * 0.99 / kSteps));
  EXPECT_GT(adam.theta()[0], 0.9);
  EXPECT_LT(amsgrad.theta()[0], -0.5);
}

TEST(Reddi, EveryStepEndsInTheInterval) {
  Drive drive("reddi", "sgd");
  drive.step(1);  // 0 - 1010
  EXPECT_EQ(drive.theta()[0], -1);
  drive.steps(100, 1);
  EXPECT_EQ(drive.theta()[0], 1);
  // Regret: nothing left to gain at step 1 but 1010 (0 + 1); then -10 (x + 1) with x = -1, 1, ...
  EXPECT_NEAR(drive.measure().train_loss, (1010 + 0 - 20.0 * 99) / 101, 1e-12);
}

}  // namespace
}  // namespace ravine
