// Closed forms and identities of the update rules.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "optim/trajectories.hpp"

namespace ravine {
namespace {

using test::constant_gradient;
using test::FunctionObjective;
using test::largest_difference;
using test::make_optimizer;
using test::one_block;
using test::quadratic;
using test::trajectory;

constexpr double kEps = test::kRounding;

TEST(Momentum, TerminalSpeedIsTheStepOverOneMinusAlpha) {  // L10
  for (double alpha : {0.5, 0.9}) {
    const auto points = trajectory("momentum(beta=" + format_number(alpha) + ")", 0.01, 300, {0},
                                   constant_gradient({2}));
    const double speed = points[298][0] - double{points[299][0]};
    EXPECT_NEAR(speed, 0.01 * 2 / (1 - alpha), 100 * kEps) << alpha;
  }
}

TEST(Rules, WithoutMomentumAreGradientDescent) {
  const auto f = quadratic({1, 0.3, 4});
  const auto sgd = trajectory("sgd", 0.1, 50, {1, -2, 3}, f);
  EXPECT_EQ(trajectory("momentum(beta=0)", 0.1, 50, {1, -2, 3}, f), sgd);
  EXPECT_EQ(trajectory("nesterov(beta=0)", 0.1, 50, {1, -2, 3}, f), sgd);
}

TEST(Rules, AdaptiveRulesContainTheSimplerOnes) {  // Choi et al. (2019)
  const auto f = quadratic({1, 0.3, 4});
  const std::vector<Real> start = {1, -2, 3};
  const double tolerance = 1e-6;
  EXPECT_LT(largest_difference(trajectory("rmsprop(epsilon=1e8)", 1e7, 50, start, f),
                               trajectory("sgd", 0.1, 50, start, f)),
            tolerance);
  // Adam's s is v / -eps' with eps' = eps (1 - rho1) / delta.
  EXPECT_LT(
      largest_difference(trajectory("adam(epsilon=1e8, bias_correction=false)", 2e7, 50, start, f),
                         trajectory("momentum(beta=0.9)", 0.02, 50, start, f)),
      20 * tolerance);
  EXPECT_EQ(trajectory("adamw(weight_decay=0)", 0.1, 50, start, f),
            trajectory("adam", 0.1, 50, start, f));
}

TEST(Nesterov, IsMomentumWithASmallerAlphaPerEigenvalue) {  // Sutskever et al. (2013), Thm 2.1
  const double eps = 0.009, tolerance = sizeof(Real) == 4 ? 1e-5 : 1e-13;
  for (double alpha : {0.9, 0.95, 0.99})
    for (double h : {1.0, 30.0, 100.0}) {
      const std::string effective = format_number(alpha * (1 - eps * h));
      EXPECT_LT(largest_difference(
                    trajectory("nesterov(beta=" + format_number(alpha) + ")", eps, 200, {1},
                               quadratic({h})),
                    trajectory("momentum(beta=" + effective + ")", eps, 200, {1}, quadratic({h}))),
                tolerance)
          << alpha << " " << h;
    }
}

// Eigenvalues of a quadratic beyond which each rule diverges (H = 1, eps at the boundary).
TEST(Rules, DivergeExactlyBeyondTheirStabilityLimits) {
  const double b = 0.9;
  const std::vector<std::pair<std::string, double>> limits = {
      {"sgd", 2},
      {"momentum(beta=0.9)", 2 + 2 * b},
      {"nesterov(beta=0.9)", (2 + 2 * b) / (1 + 2 * b)}};
  for (const auto& [text, limit] : limits) {
    const auto below = trajectory(text, 0.99 * limit, 4000, {1}, quadratic({1}));
    const auto above = trajectory(text, 1.01 * limit, 4000, {1}, quadratic({1}));
    EXPECT_LT(std::fabs(below.back()[0]), 1e-3) << text;
    EXPECT_FALSE(std::fabs(above.back()[0]) < 1e3) << text;  // or no number at all
  }
}

TEST(AdaGrad, HasAClosedFormUnderAConstantGradient) {
  // r_t = t g^2, so theta_t = -eps sum_i g / (delta + sqrt(i) |g|).
  const double g = 0.3, eps = 0.1, delta = 0.01;
  const auto points =
      trajectory("adagrad(epsilon=0.01)", eps, 100, {0}, constant_gradient({static_cast<Real>(g)}));
  double expected = 0;
  for (int i = 1; i <= 100; ++i) expected -= eps * g / (delta + std::sqrt(i) * g);
  EXPECT_NEAR(points.back()[0], expected, 200 * kEps);
}

TEST(RmsProp, DeltaOutsideAndInsideTheRoot) {
  // First step with rho = 0.9: r = 0.1 g^2.
  const double g = 0.5, root = std::sqrt(0.1) * g;
  const auto step = [&](const std::string& text) {
    return double{trajectory(text, 1, 1, {0}, constant_gradient({static_cast<Real>(g)})).back()[0]};
  };
  EXPECT_NEAR(step("rmsprop(epsilon=0.25)"), -g / (0.25 + root), 10 * kEps);
  EXPECT_NEAR(step("rmsprop(epsilon=0.25, epsilon_inside=true)"),
              -g / std::sqrt(0.25 + root * root), 10 * kEps);
}

TEST(Adam, FirstStepIsTheRateWithCorrectionAndAFixedMultipleWithout) {
  struct Case {
    double rho1, rho2, uncorrected;
  };
  const double eps = 0.001;
  for (const Case& c :
       {Case{0, 0.99, 10}, Case{0, 0.999, 31.6227766}, Case{0, 0.9999, 100}, Case{0.9, 0.99, 1},
        Case{0.9, 0.999, 3.16227766}, Case{0.9, 0.9999, 10}, Case{0.9, 0.9, 0.316227766}}) {
    const std::string text =
        fmt::format("adam(beta1={}, beta2={}, bias_correction=", c.rho1, c.rho2);
    const auto corrected =
        trajectory(text + "true)", eps, 1, {0, 0}, constant_gradient({7, Real(-0.3)}));
    EXPECT_NEAR(corrected[0][0] / eps, -1, 1e-5);
    EXPECT_NEAR(corrected[0][1] / eps, 1, 1e-5);
    const auto raw =
        trajectory(text + "false)", eps, 1, {0, 0}, constant_gradient({7, Real(-0.3)}));
    EXPECT_NEAR(raw[0][0] / eps / c.uncorrected, -1, 1e-5);
    EXPECT_NEAR(raw[0][1] / eps / c.uncorrected, 1, 1e-4);
  }
}

TEST(Adam, StepsByTheRateUnderAConstantGradient) {
  // Both corrected averages are exactly those of the gradient, at every t.
  const auto points = trajectory("adam", 0.01, 200, {0}, constant_gradient({3}));
  for (std::size_t t = 0; t < points.size(); ++t)
    ASSERT_NEAR(points[t][0], -0.01 * static_cast<double>(t + 1), 1e-5) << t;
}

TEST(AmsGrad, SolvesTheProblemThatAdamFails) {  // Reddi et al. (2018), section 3 and Figure 1
  // f_t(x) = 1010 x if t mod 101 = 1, else -10 x, on [-1, 1]: the optimum is -1.
  const auto last = [](const std::string& text, double alpha, std::int64_t steps) {
    const ParameterLayout layout = one_block(1);
    const auto optimizer = make_optimizer(text, layout);
    std::vector<Real> x(layout.size(), 0);
    std::int64_t t = 0;
    FunctionObjective objective([&](auto, auto gradient) {
      gradient[0] = static_cast<Real>(t % 101 == 1 ? 1010 : -10);
      return 0.0;
    });
    for (t = 1; t <= steps; ++t) {
      optimizer->step({t, alpha / std::sqrt(static_cast<double>(t)), steps}, objective, x);
      x[0] = std::min(Real{1}, std::max(Real{-1}, x[0]));
    }
    return double{x[0]};
  };
  EXPECT_GT(last("adam(beta2=0.99)", 0.5, 100000), 0.9);
  EXPECT_LT(last("amsgrad(beta2=0.99)", 0.5, 100000), -0.95);
}

TEST(AdamW, DecaysWeightsWithoutGradient) {
  const double eps = 0.1, lambda = 0.05;
  const auto points =
      trajectory("adamw(weight_decay=0.05)", eps, 60, {1, -3}, constant_gradient({0, 0}));
  const double expected = std::pow(1 - eps * lambda, 60);
  EXPECT_NEAR(points.back()[0], expected, 60 * kEps);
  EXPECT_NEAR(points.back()[1], -3 * expected, 180 * kEps);
}

TEST(Lion, MovesEveryCoordinateByTheRate) {
  const auto points =
      trajectory("lion", 0.25, 20, {0, 0, 0}, constant_gradient({Real(1e-20), -1e6, 0}));
  for (std::size_t t = 0; t < points.size(); ++t) {
    const Real distance = static_cast<Real>(0.25 * static_cast<double>(t + 1));
    EXPECT_EQ(points[t][0], -distance);
    EXPECT_EQ(points[t][1], distance);
    EXPECT_EQ(points[t][2], 0);
  }
}

TEST(AdaDelta, StepsDoNotDependOnTheScaleOfTheGradient) {
  // Zeiler (2012), section 3.2: units cancel, up to epsilon.
  const auto small = trajectory("adadelta(epsilon=1e-12)", 1, 100, {0}, constant_gradient({1}));
  const auto large = trajectory("adadelta(epsilon=1e-12)", 1, 100, {0}, constant_gradient({1000}));
  EXPECT_NEAR(large.back()[0] / small.back()[0], 1, 1e-4);
}

TEST(NAdam, FirstStepLooksOneStepAhead) {
  // s^_1 = (rho1 (1 - rho1) / (1 - rho1^2) + 1) g = (rho1 / (1 + rho1) + 1) g.
  const auto points = trajectory("nadam", 0.01, 1, {0}, constant_gradient({5}));
  EXPECT_NEAR(points[0][0], -0.01 * (0.9 / 1.9 + 1), 1e-7);
}

}  // namespace
}  // namespace ravine
