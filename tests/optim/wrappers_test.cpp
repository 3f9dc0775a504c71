// What goes around any rule: clipping, centralization, decay, caution, sharpness.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "optim/trajectories.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

using test::constant_gradient;
using test::trajectory;

constexpr double kClose = sizeof(Real) == 4 ? 2e-6 : 1e-14;

// A weight of 3 inputs and 2 outputs, and a bias.
ParameterLayout two_blocks() {
  ParameterLayout layout;
  layout.add("weight", 3, 2, BlockKind::kWeight);
  layout.add("bias", 1, 2, BlockKind::kBias);
  return layout;
}

std::vector<Real> step_once(const std::string& text, double rate, std::vector<Real> weight,
                            const std::vector<Real>& slopes) {
  const ParameterLayout layout = two_blocks();
  const auto spread = [&](const std::vector<Real>& from) {
    std::vector<Real> to(layout.size(), 0);
    std::size_t next = 0;
    for (const Block& block : layout.blocks())
      for (Real& x : block.of(std::span(to))) x = from[next++];
    return to;
  };
  std::vector<Real> theta = spread(weight);
  const auto optimizer = test::make_optimizer(text, layout, theta);
  test::FunctionObjective objective(constant_gradient(spread(slopes)));
  optimizer->step({1, rate, 10}, objective, theta);
  std::vector<Real> moved;
  for (const Block& block : layout.blocks())
    for (Real x : block.of(std::span(theta))) moved.push_back(x);
  return moved;
}

TEST(Clip, ShortensWhatIsTooLong) {
  const std::vector<Real> zero(8, 0);
  const std::vector<Real> g = {3, 0, 0, 0, 4, 0, 12, 0};  // blocks 5 and 12 long, together 13
  const auto norm = step_once("clip(threshold=6.5)", 1, zero, g);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(norm[i], -g[i] / 2, kClose) << i;
  const auto block = step_once("clip(by=block, threshold=6)", 1, zero, g);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(block[i], -g[i] / (i < 6 ? 1 : 2), kClose) << i;
  const auto value = step_once("clip(by=value, threshold=3.5)", 1, zero, {3, -4, 0, 0, 4, 0, 1, 0});
  EXPECT_EQ(value, (std::vector<Real>{-3, Real(3.5), 0, 0, Real(-3.5), 0, -1, 0}));
  EXPECT_EQ(step_once("clip(threshold=13)", 1, zero, g), step_once("sgd", 1, zero, g));
}

TEST(Centralize, KeepsTheSumOfTheWeightsOfEachOutput) {
  const auto moved = step_once("centralize", 1, std::vector<Real>(8, 0), {1, 2, 3, 5, 8, 2, 7, 9});
  EXPECT_NEAR(moved[0] + moved[2] + moved[4], 0, 10 * kClose);
  EXPECT_NEAR(moved[1] + moved[3] + moved[5], 0, 10 * kClose);
  EXPECT_NEAR(moved[0], -(1 - 4.0), 10 * kClose);
  EXPECT_NEAR(moved[3], -(5 - 3.0), 10 * kClose);
  EXPECT_EQ(moved[6], Real{-7});  // biases keep their gradient
}

TEST(Decay, ShrinksTheBlocksThatItIsGiven) {
  const std::vector<Real> ones(8, 1), flat(8, 0);
  for (const std::string how : {"decoupled", "coupled"}) {
    const auto all = step_once("decay(weight_decay=0.5, how=" + how + ")", 0.25, ones, flat);
    const auto some =
        step_once("decay(weight_decay=0.5, on=weights, how=" + how + ")", 0.25, ones, flat);
    for (std::size_t i = 0; i < 8; ++i) {
      EXPECT_EQ(all[i], Real{0.875}) << how << i;
      EXPECT_EQ(some[i], i < 6 ? Real{0.875} : Real{1}) << how << i;
    }
  }
}

TEST(Decay, IsInTheGradientOnlyIfCoupled) {
  // A sign: the coupled decay only turns it, 1 - 0.3 * 4 < 0.
  const std::vector<Real> fours(8, 4), slopes(8, -1);
  EXPECT_EQ(step_once("decay(inner=signum, weight_decay=0.3, how=coupled)", 0.5, fours, slopes)[0],
            Real{3.5});
  EXPECT_NEAR(step_once("decay(inner=signum, weight_decay=0.3)", 0.5, fours, slopes)[0],
              4 - 0.5 * 0.3 * 4 + 0.5, 4 * test::kRounding);
}

TEST(Decay, IsCautiousWhereTheUpdatePointsOutward) {
  const std::vector<Real> theta = {1, -1, 1, -1, 0, 2, 1, 1}, g = {2, -2, -2, 2, 1, 0, 1, -1};
  const auto moved = step_once("decay(weight_decay=0.5, how=cautious)", 0.125, theta, g);
  for (std::size_t i = 0; i < 8; ++i) {
    const bool inward = g[i] * theta[i] > 0;
    EXPECT_EQ(moved[i], theta[i] - Real(0.125) * g[i] - Real(inward ? 0.0625 : 0) * theta[i]) << i;
  }
}

TEST(Cautious, DoublesTheStepsOfAHalfThatAgrees) {
  // After a step along (1, 1, ...) momentum goes on; the gradient now turns in half of the bias.
  std::int64_t t = 0;
  const auto turning = [&t](auto, auto gradient) {
    ++t;
    for (std::size_t i = 0; i < 4; ++i) gradient[i] = Real(t == 1 || i < 2 ? 1 : -0.01);
    return 0.0;
  };
  const auto plain = trajectory("signum", 0.25, 2, {0, 0, 0, 0}, turning);
  t = 0;
  const auto cautious = trajectory("cautious(inner=signum)", 0.25, 2, {0, 0, 0, 0}, turning);
  EXPECT_EQ(plain[0], cautious[0]);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(plain[1][i], Real(-0.5));
    EXPECT_EQ(cautious[1][i], i < 2 ? Real(-0.75) : Real(-0.25)) << i;
  }
}

TEST(Cautious, StaysWhereNothingAgreesButStillDecays) {
  std::int64_t t = 0;
  const auto turning = [&t](auto, auto gradient) {
    gradient[0] = Real(++t == 1 ? 1 : -0.01);
    return 0.0;
  };
  const auto points = trajectory("cautious(inner=lion(weight_decay=0.5))", 0.25, 2, {4}, turning);
  EXPECT_EQ(points[0][0], Real(4 * 0.875 - 0.25));
  EXPECT_EQ(points[1][0], points[0][0] * Real(0.875));
}

TEST(Cautious, StaysWhereTheGradientIsZero) {
  // Momentum would go on in both; in the second nothing agrees with it or contradicts it.
  std::int64_t t = 0;
  const auto ending = [&t](auto, auto gradient) {
    ++t;
    gradient[0] = 1;
    gradient[1] = Real(t == 1 ? 1 : 0);
    gradient[2] = Real(t == 1 ? -1 : 0);
    return 0.0;
  };
  const auto points = trajectory("cautious(inner=signum)", 0.25, 2, {0, 0, 0}, ending);
  EXPECT_EQ(points[1][0], Real(-1));  // one of three agrees
  EXPECT_EQ(points[1][1], points[0][1]);
  EXPECT_EQ(points[1][2], points[0][2]);
}

TEST(Cautious, LengthensAtMostAThousandTimes) {
  // One element of 4000 agrees: 1 / max(1 / 4000, 1e-3).
  constexpr std::size_t kMany = 4000;
  std::int64_t t = 0;
  const auto turning = [&t](auto, auto gradient) {
    ++t;
    for (std::size_t i = 0; i < kMany; ++i) gradient[i] = Real(t == 1 || i == 7 ? 1 : -0.01);
    return 0.0;
  };
  const auto points =
      trajectory("cautious(inner=signum)", 0.125, 2, std::vector<Real>(kMany, 0), turning);
  EXPECT_NEAR(points[1][7], -0.125 - 125, 1e-4);
  EXPECT_EQ(points[1][8], Real(-0.125));
}

TEST(Cautious, CountsEachBlockByItself) {
  // All of the weight agrees; of the bias none.
  const ParameterLayout layout = two_blocks();
  std::vector<Real> theta(layout.size(), 0);
  const auto optimizer = test::make_optimizer("cautious(inner=signum)", layout, theta);
  std::int64_t t = 0;
  test::FunctionObjective objective([&](auto, auto gradient) {
    ++t;
    for (const Block& block : layout.blocks())
      for (Real& g : block.of(gradient))
        g = Real(t == 2 && block.kind == BlockKind::kBias ? -0.01 : 1);
    return 0.0;
  });
  for (std::int64_t step = 1; step <= 2; ++step) optimizer->step({step, 0.5, 2}, objective, theta);
  EXPECT_EQ(layout.block("weight").of(std::span(theta))[3], Real{-1});
  EXPECT_EQ(layout.block("bias").of(std::span(theta))[1], Real{-0.5});
}

TEST(Sam, TakesTheGradientWhereTheQuadraticIsHigher) {
  // g_SAM = H (theta + rho H theta / |H theta|).
  const std::vector<double> h = {1, 4, 0.5}, x = {1, -2, 3};
  double square = 0;
  for (std::size_t i = 0; i < 3; ++i) square += h[i] * x[i] * h[i] * x[i];
  const auto point = trajectory("sam(rho=0.7)", 0.1, 1, {1, -2, 3}, test::quadratic(h))[0];
  for (std::size_t i = 0; i < 3; ++i) {
    const double g = h[i] * (x[i] + 0.7 * h[i] * x[i] / std::sqrt(square));
    EXPECT_NEAR(point[i], x[i] - 0.1 * g, 10 * kClose) << i;
  }
}

TEST(Asam, HasNoUnits) {
  // f(D x) from D^-1 x: with T = |theta| the points of the second gradient correspond, so that the
  // steps D^2 g of the scaled rate do.
  const std::vector<double> h = {1, 4, 0.5}, d = {2, 0.5, 8};
  const std::vector<Real> start = {1, -2, 3};
  std::vector<double> scaled_h;
  std::vector<Real> scaled;
  for (std::size_t i = 0; i < 3; ++i) {
    scaled_h.push_back(h[i] * d[i] * d[i]);
    scaled.push_back(start[i] / static_cast<Real>(d[i]));
  }
  const auto plain = trajectory("asam(rho=0.5)", 0.1, 1, start, test::quadratic(h))[0];
  const auto other = trajectory("asam(rho=0.5)", 0.1, 1, scaled, test::quadratic(scaled_h))[0];
  for (std::size_t i = 0; i < 3; ++i) {
    const double g = (double{start[i]} - double{plain[i]}) / 0.1;
    const double g_scaled = (double{scaled[i]} - double{other[i]}) / 0.1;
    EXPECT_NEAR(g_scaled, d[i] * g, 1e-3 * (sizeof(Real) == 4) + 200 * kClose) << i;
  }
}

TEST(Sam, ClimbsFromWhereTheRuleLooks) {
  // Nesterov: both gradients at theta + beta v; after one step v = -eps g.
  std::vector<double> at;
  const auto watched = [&at](auto theta, auto gradient) {
    at.push_back(theta[0]);
    gradient[0] = 2;
    return 0.0;
  };
  trajectory("sam(inner=nesterov(beta=0.5), rho=0.125)", 0.25, 2, {1}, watched);
  const std::vector<double> expected = {1, 1.125, 0.25, 0.375};
  ASSERT_EQ(at.size(), expected.size());
  for (std::size_t i = 0; i < at.size(); ++i) EXPECT_NEAR(at[i], expected[i], 1e-6) << i;
}

TEST(Sam, CountsTwoGradientsAndReturnsTheLossOfTheFirst) {
  const ParameterLayout layout = test::one_block(1);
  std::vector<Real> theta(layout.size(), 0);
  theta[0] = 3;
  const auto optimizer = test::make_optimizer("sam(rho=1)", layout, theta);
  test::FunctionObjective objective([](auto at, auto gradient) {
    gradient[0] = 2 * at[0];
    return double{at[0]} * double{at[0]};
  });
  EXPECT_EQ(optimizer->step({1, 0.125, 1}, objective, theta), 9);
  EXPECT_EQ(objective.counts().gradients, 2);
  EXPECT_NEAR(optimizer->last_gradient()[0], 8, 1e-6);
}

TEST(Wrappers, FollowSchedulesOfTheirOwnAndOfTheirRule) {
  const auto f = test::quadratic({1, 3});
  EXPECT_EQ(trajectory("clip(inner=momentum(beta=linear(initial=0.9, final=0.1)), threshold=1e9)",
                       0.1, 30, {1, 2}, f),
            trajectory("momentum(beta=linear(initial=0.9, final=0.1))", 0.1, 30, {1, 2}, f));
  const auto decayed = trajectory("decay(weight_decay=linear(initial=0.5, final=0))", 0.1, 10, {1},
                                  constant_gradient({0}));
  double expected = 1;
  for (int k = 0; k < 10; ++k) expected *= 1 - 0.1 * 0.5 * (1 - k / 10.0);
  EXPECT_NEAR(decayed.back()[0], expected, 20 * test::kRounding);
}

TEST(Wrappers, StandInAPartitionAndAroundOne) {
  const std::vector<Real> start = {1, 2, 3, 4, 5, 6, 7, 8}, g = {3, 0, 0, 0, 4, 0, 12, 0};
  const auto inside = step_once(
      "partition(weights=clip(inner=sgd, threshold=1), rest=decay(inner=sgd, weight_decay=0.5))",
      0.5, start, g);
  EXPECT_NEAR(inside[0], 1 - 0.5 * 3 / 5, 10 * kClose);
  EXPECT_NEAR(inside[6], 7 * 0.75 - 6, 10 * kClose);
  const auto around = step_once(
      "cautious(inner=partition(weights=adamw(weight_decay=0.5), rest=sgd))", 0.5, start, g);
  const auto bare =
      step_once("partition(weights=adamw(weight_decay=0.5), rest=sgd)", 0.5, start, g);
  EXPECT_EQ(around[7], bare[7]);
  EXPECT_EQ(around[1], Real(1.5));  // decays without a gradient
}

TEST(Wrappers, RefuseWhatIsNotOneUpdateFromOneGradient) {
  for (const std::string wrapper : {"clip", "centralize", "decay", "cautious", "sam", "asam"}) {
    EXPECT_EQ(
        refusal_of([&] { optimizer_catalog().make(wrapper + "(inner=lbfgs)"); }),
        wrapper +
            "(inner) is 'lbfgs', which does not make one update from one gradient: use a rule "
            "such as sgd, momentum or adam, and put optimizers of more evaluations around the "
            "wrapper");
    EXPECT_NE(refusal_of([&] { optimizer_catalog().make(wrapper + "(inner=sam)"); }), "");
  }
}

TEST(Wrappers, RefuseToMoveAnAverage) {
  for (const std::string rule : {"schedule_free", "schedule_free_adamw", "gpa", "dadapt_sgd",
                                 "partition(rest=gpa)", "clip(inner=gpa)"}) {
    EXPECT_EQ(refusal_of([&] { optimizer_catalog().make("decay(inner=" + rule + ")"); }),
              "decay(inner) is '" + rule +
                  "', whose iterates are not its theta, so a wrapper cannot move them: use another "
                  "rule");
    for (const char* other : {"cautious", "lookahead"})
      EXPECT_NE(refusal_of(
                    [&] { optimizer_catalog().make(std::string(other) + "(inner=" + rule + ")"); }),
                "");
    optimizer_catalog().make("clip(inner=" + rule + ")");
    optimizer_catalog().make("sam(inner=" + rule + ")");
  }
}

// A gradient that is not a number must not become a step of one sign.
TEST(Wrappers, NotANumberStaysOne) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  for (const char* text : {"clip(by=value, inner=sgd)", "clip(by=norm, inner=sgd)", "adopt",
                           "sophia(estimator=empirical_fisher)"}) {
    const auto points =
        trajectory(text, 0.1, 3, {1}, [nan, calls = 0](auto, auto gradient) mutable {
          gradient[0] = calls++ == 1 ? nan : Real{1};
          return 0.0;
        });
    EXPECT_TRUE(std::isnan(points.back()[0])) << text;
  }
}

TEST(Wrappers, CautiousDecayLeavesTheDecayOfTheRuleAside) {
  // Without a gradient the rule's own decay is all that moves theta, and no step agrees with it.
  for (const std::string rule : {"adamw(weight_decay=0.2)", "adan(weight_decay=0.2, no_prox=true)",
                                 "adan(weight_decay=0.2)", "scion"}) {
    const auto zero = constant_gradient({0, 0});
    const auto both = trajectory("decay(how=cautious, weight_decay=0.5, inner=" + rule + ")", 0.1,
                                 5, {1, -3}, zero);
    EXPECT_EQ(both, trajectory(rule, 0.1, 5, {1, -3}, zero)) << rule;
  }
}

TEST(Rates, MayNotShrinkByTheirLimitOfGrowth) {
  for (const std::string rule : {"prodigy", "dadapt_adam", "dadapt_sgd"}) {
    EXPECT_EQ(refusal_of([&] { optimizer_catalog().make(rule + "(growth_rate=0.5)"); }),
              rule + "(growth_rate) is 0.5: it must be at least 1, or 0 for no limit");
    optimizer_catalog().make(rule + "(growth_rate=1.02)");
  }
}

}  // namespace
}  // namespace ravine
