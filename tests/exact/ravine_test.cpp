// The lecture's own pictures on quadratics: ravine, momentum, Nesterov, bouncing, second order.
#include <gtest/gtest.h>

#include <algorithm>

#include "exact/drive.hpp"
#include "ravine/optim/averaging.hpp"

namespace ravine {
namespace {

constexpr double kKappa = 100;
constexpr const char* kRavine = "quadratic(dimension=2, condition=100)";  // curvatures 1 and 1/100

double dot(std::span<const Real> a, std::span<const Real> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// L8, L11: GD at its best constant rate 2 / (mu + L) contracts by (kappa - 1) / (kappa + 1).
TEST(Ravine, GradientDescentContractsAtTheKnownRate) {
  Drive drive(kRavine, "sgd");
  const double rate = (kKappa - 1) / (kKappa + 1);
  double expected = 1;
  int steps = 0;
  while (std::fabs(drive.theta()[1]) > 1e-6) {
    drive.step(2 / (1 + 1 / kKappa));
    expected *= rate;
    ++steps;
    EXPECT_NEAR(std::fabs(drive.theta()[0]), expected, 1e-13);
    EXPECT_NEAR(drive.theta()[1], expected, 1e-13);
  }
  EXPECT_EQ(steps, 691);
}

// A double root rho of the characteristic polynomial: x_{t+1} - 2 rho x_t + rho^2 x_{t-1} = 0.
void expect_double_root(const std::vector<double>& x, double rho) {
  for (std::size_t t = 1; t + 1 < x.size(); ++t)
    EXPECT_NEAR(x[t + 1] - 2 * rho * x[t] + rho * rho * x[t - 1], 0, 1e-13) << t;
}

struct Modes {
  std::vector<double> stiff, soft;
};

Modes trajectory(const std::string& problem, const std::string& optimizer, double learning_rate,
                 int steps) {
  Drive drive(problem, optimizer);
  Modes modes{{drive.theta()[0]}, {drive.theta()[1]}};
  for (int t = 0; t < steps; ++t) {
    drive.step(learning_rate);
    modes.stiff.push_back(drive.theta()[0]);
    modes.soft.push_back(drive.theta()[1]);
  }
  return modes;
}

int steps_to_millionth(const std::vector<double>& x) {
  for (std::size_t t = x.size(); t-- > 0;)
    if (std::fabs(x[t]) > 1e-6) return static_cast<int>(t) + 1;
  return 0;
}

// Heavy ball at Polyak's constants: both modes have the double root of modulus sqrt(beta).
TEST(Ravine, MomentumAtPolyaksConstantsHasDoubleRoots) {
  const double root = std::sqrt(kKappa), rate = (root - 1) / (root + 1);
  const double eps = 4 / std::pow(1 + 1 / root, 2);
  EXPECT_NEAR(rate, 0.8182, 5e-5);
  const Modes modes = trajectory(kRavine, fmt::format("momentum(alpha={})", rate * rate), eps, 300);
  expect_double_root(modes.soft, rate);
  expect_double_root(modes.stiff, -rate);
  EXPECT_GT(steps_to_millionth(modes.soft), 69);  // t rate^t is above rate^t
  EXPECT_LT(steps_to_millionth(modes.soft), 140);
}

// Nesterov with constant momentum at eps = 1 / L: 1 - 1 / sqrt(kappa), doubly, in the soft mode.
TEST(Ravine, NesterovHasTheRateOfQuadratics) {
  const double root = std::sqrt(kKappa);
  const Modes modes =
      trajectory(kRavine, fmt::format("nesterov(alpha={})", (root - 1) / (root + 1)), 1, 400);
  expect_double_root(modes.soft, 1 - 1 / root);
  EXPECT_GT(steps_to_millionth(modes.soft), 131);
  EXPECT_LT(steps_to_millionth(modes.soft), 260);
}

// L10: under a constant gradient the step tends to eps |g| / (1 - alpha).
TEST(Momentum, ReachesItsTerminalSpeed) {
  Drive drive("linear_chain(depth=1, x=3)", "momentum(alpha=0.9)");  // f = 3 w
  double before = drive.theta()[0], speed = 0;
  for (int t = 1; t <= 400; ++t) {
    drive.step(0.01);
    speed = before - drive.theta()[0];
    before = drive.theta()[0];
    EXPECT_NEAR(speed, 0.01 * 3 * (1 - std::pow(0.9, t)) / (1 - 0.9), 1e-12) << t;
  }
  EXPECT_NEAR(speed, 10 * 0.01 * 3, 1e-12);  // ten times the step of gradient descent
}

// A mode oscillates iff (1 + beta - eps lambda)^2 < 4 beta, then with amplitude beta^(t/2) and
// angle arccos((1 + beta - eps lambda) / (2 sqrt beta)) per step.
TEST(Momentum, OscillatesWithTheKnownPeriodAndDecay) {
  const double beta = 0.9, eps = 0.05;
  Drive drive("quadratic(dimension=1)", "momentum(alpha=0.9)");
  const double angle = std::acos((1 + beta - eps) / (2 * std::sqrt(beta)));
  // x_0 = 1 and x_1 = 1 - eps fix the phase.
  const double b = ((1 - eps) / std::sqrt(beta) - std::cos(angle)) / std::sin(angle);
  for (int t = 1; t <= 200; ++t) {
    drive.step(eps);
    EXPECT_NEAR(drive.theta()[0],
                std::pow(beta, 0.5 * t) * (std::cos(t * angle) + b * std::sin(t * angle)), 1e-12);
  }
  Drive overdamped("quadratic(dimension=1)", "momentum(alpha=0.9)");
  const double slow = 0.9 * std::pow(1 - std::sqrt(beta), 2);  // below the threshold
  for (int t = 1; t <= 2000; ++t) {
    overdamped.step(slow);
    ASSERT_GT(overdamped.theta()[0], 0) << t;
  }
}

// L12; Sutskever et al. (2013), Theorem 2.1: on a mode lambda Nesterov with mu is momentum with
// mu (1 - eps lambda), at the same rate.
TEST(Nesterov, IsMomentumWithAMomentumOfItsOwnForEveryMode) {
  const double eps = 0.9;
  for (const double mu : {0.9, 0.95, 0.99}) {
    const Modes nesterov = trajectory(kRavine, fmt::format("nesterov(alpha={})", mu), eps, 500);
    const Modes stiff =
        trajectory(kRavine, fmt::format("momentum(alpha={})", mu * (1 - eps)), eps, 500);
    const Modes soft =
        trajectory(kRavine, fmt::format("momentum(alpha={})", mu * (1 - eps / kKappa)), eps, 500);
    for (std::size_t t = 0; t < nesterov.soft.size(); ++t) {
      EXPECT_NEAR(nesterov.stiff[t], stiff.stiff[t], 1e-13) << t;
      EXPECT_NEAR(nesterov.soft[t], soft.soft[t], 1e-13) << t;
    }
  }
}

int sign_changes(const std::vector<double>& x, double least) {
  int changes = 0;
  for (std::size_t t = 1; t < x.size(); ++t)
    changes += x[t] * x[t - 1] < 0 && std::fabs(x[t]) > least;
  return changes;
}

// Figure 2 there: momentum oscillates across the ravine, Nesterov does not.
TEST(Nesterov, DampsTheStiffDirection) {
  for (const double mu : {0.9, 0.95, 0.99}) {
    const Modes momentum = trajectory(kRavine, fmt::format("momentum(alpha={})", mu), 0.9, 200);
    const Modes nesterov = trajectory(kRavine, fmt::format("nesterov(alpha={})", mu), 0.9, 200);
    EXPECT_GE(sign_changes(momentum.stiff, 1e-3),
              3 * std::max(1, sign_changes(nesterov.stiff, 1e-3)));
  }
}

// L21: on a quadratic the second-order prediction is the whole truth.
TEST(SecondOrder, PredictsEveryStepOnAQuadratic) {
  for (const char* problem : {"quadratic(dimension=7, condition=1000)", "saddle"}) {
    Drive drive(problem, "sgd");
    AlignedVector<Real>& theta = drive.theta();
    AlignedVector<Real> g(theta.size()), hg(theta.size()), moved(theta.size());
    const double value = drive.session().evaluate(theta, g);
    drive.session().hessian_vector(theta, g, hg);
    for (const double eps : {1e-3, 0.1, 0.5, 2.0, 10.0}) {
      for (std::size_t i = 0; i < theta.size(); ++i) moved[i] = theta[i] - eps * g[i];
      const double predicted = -eps * dot(g, g) + eps * eps / 2 * dot(g, hg);
      const double actual = drive.session().evaluate(moved, {}) - value;
      EXPECT_NEAR(predicted, actual, 1e-12 * (1 + std::fabs(predicted)));
    }
  }
}

// L21: eps* = g'g / g'Hg gains (g'g)^2 / (2 g'Hg) and leaves a gradient orthogonal to g.
TEST(SecondOrder, OneStepAtTheBestRateLandsAtTheMinimumOfTheLine) {
  Drive drive("quadratic(dimension=7, condition=1000)", "sgd");
  AlignedVector<Real> g(drive.theta().size()), hg(g.size()), after(g.size());
  const double value = drive.session().evaluate(drive.theta(), g);
  drive.session().hessian_vector(drive.theta(), g, hg);
  const double gg = dot(g, g), ghg = dot(g, hg);
  drive.step(gg / ghg);
  EXPECT_NEAR(value - drive.session().evaluate(drive.theta(), after), gg * gg / (2 * ghg), 1e-14);
  EXPECT_NEAR(dot(g, after), 0, 1e-14);
}

// Erratum of L21: without positive curvature along g there is no best step; all decrease, ever
// more.
TEST(SecondOrder, WithoutPositiveCurvatureEveryLongerStepGainsMore) {
  Drive drive("saddle(x0=0.1, y0=0.5)", "sgd");
  AlignedVector<Real> g(drive.theta().size()), hg(g.size()), moved(g.size());
  double last = drive.session().evaluate(drive.theta(), g);
  drive.session().hessian_vector(drive.theta(), g, hg);
  ASSERT_LT(dot(g, hg), 0);
  for (double eps = 0.01; eps < 1e6; eps *= 2) {
    for (std::size_t i = 0; i < g.size(); ++i) moved[i] = drive.theta()[i] - eps * g[i];
    const double value = drive.session().evaluate(moved, {});
    EXPECT_LT(value, last);
    last = value;
  }
}

// L33, L34: at eps lambda = 2 the iterate bounces for ever between 1 and -1; the average is 0 after
// an even number of steps and theta / T after an odd one.
TEST(Averaging, FindsTheMiddleOfABouncingIterate) {
  Drive drive("quadratic(dimension=1)", "sgd");
  auto polyak = averaging_catalog().make("polyak");
  ParameterLayout layout;
  layout.add("x", 1, 1, BlockKind::kWeight);
  polyak->reset(layout);
  AlignedVector<Real> average(layout.size());
  for (int t = 1; t <= 101; ++t) {
    drive.step(2);
    EXPECT_EQ(drive.theta()[0], t % 2 == 0 ? 1 : -1);
    polyak->update(t, 101, drive.theta());
    polyak->value(average);
    EXPECT_EQ(average[0], t % 2 == 0 ? 0 : -1.0 / t);
  }
}

// theta_t = r^t theta_0, r = 1 - eps lambda: the mean of theta_1 ... theta_T is
// r (1 - r^T) / (T (1 - r)).
TEST(Averaging, MeanOfAGeometricCourse) {
  for (const double eps : {0.3, 1.5, 1.9}) {
    Drive drive("quadratic(dimension=1)", "sgd");
    auto polyak = averaging_catalog().make("polyak");
    ParameterLayout layout;
    layout.add("x", 1, 1, BlockKind::kWeight);
    polyak->reset(layout);
    AlignedVector<Real> average(layout.size());
    const double r = 1 - eps;
    for (int t = 1; t <= 60; ++t) {
      drive.step(eps);
      polyak->update(t, 60, drive.theta());
      polyak->value(average);
      EXPECT_NEAR(average[0], r * (1 - std::pow(r, t)) / (t * (1 - r)), 1e-14);
    }
  }
}

}  // namespace
}  // namespace ravine
