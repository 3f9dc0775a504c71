// Closed forms of the rules of today: under a constant gradient, and without one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "optim/trajectories.hpp"
#include "ravine/optim/rules/ademamix.hpp"
#include "ravine/optim/rules/rectification.hpp"

namespace ravine {
namespace {

using test::constant_gradient;
using test::trajectory;

constexpr double kExact = sizeof(Real) == 4 ? 2e-6 : 1e-13;

// What each coordinate has moved in step t, over the rate, under the constant gradient g.
std::vector<double> moves(const std::string& text, double rate, std::int64_t steps, double g) {
  const auto points = trajectory(text, rate, steps, {0}, constant_gradient({static_cast<Real>(g)}));
  std::vector<double> moved;
  double before = 0;
  for (const auto& point : points) {
    moved.push_back((double{point[0]} - before) / rate);
    before = double{point[0]};
  }
  return moved;
}

// Adam's corrections make both means exact.
TEST(RuleForms, StepByTheRateUnderAConstantGradient) {
  for (const std::string text :
       {"adan", "mars", "laprop", "adamax", "grams", "signum", "qhadam", "ademamix(alpha=0)",
        "mars(gamma=0)", "cautious(inner=adam)", "schedule_free_adamw(beta1=0.9, r=0)"})
    for (const double g : {3.0, -0.02}) {
      // Of schedule-free the mean of z moves by half as much after its first step.
      const bool is_mean = text.starts_with("schedule_free");
      const auto moved = moves(text, 0.01, 40, g);
      for (std::size_t t = text == "mars" ? 40 : 0; t < moved.size(); ++t)
        ASSERT_NEAR(moved[t], (g > 0 ? -1 : 1) * (is_mean && t > 0 ? 0.5 : 1), 1e-4)
            << text << ' ' << t;
    }
}

TEST(AdEmaMix, MovesByItsTwoMeans) {
  // m2 = (1 - beta3^t) g, not corrected.
  const auto moved =
      moves("ademamix(alpha=4, beta3=0.99, alpha_warmup=0, beta3_warmup=0)", 0.01, 50, 2);
  for (std::size_t t = 1; t <= moved.size(); ++t)
    ASSERT_NEAR(moved[t - 1], -(1 + 4 * (1 - std::pow(0.99, t))), 3e-5) << t;
}

TEST(AdEmaMix, WarmsUpItsHalfLifeLinearly) {
  const AdEmaMix rule;
  EXPECT_NEAR(rule.beta3_at(0.25), .9996011954, 1e-10);
  EXPECT_NEAR(rule.beta3_at(0.5), .9998001996, 1e-10);
  EXPECT_NEAR(rule.beta3_at(0.75), .9998667111, 1e-10);
  EXPECT_NEAR(rule.beta3_at(0), 0.9, 1e-15);
  EXPECT_EQ(rule.beta3_at(1), 0.9999);
}

TEST(Rectification, HasTheLengthsAndFactorsOfItsFormula) {
  for (const double beta2 : {0.9, 0.99, 0.999, 0.9999})
    EXPECT_NEAR(Rectification(beta2, 1).rho, 1, 1e-7) << beta2;
  EXPECT_NEAR(Rectification(0.999, 5).rho, 4.995998, 1e-6);
  EXPECT_NEAR(Rectification(0.999, 6).rho, 5.994164, 1e-6);
  for (const auto& [t, r] : std::vector<std::pair<std::int64_t, double>>{{6, .0258211},
                                                                         {7, .0327388},
                                                                         {10, .0489980},
                                                                         {100, .2153354},
                                                                         {1000, .6453256},
                                                                         {10000, .9997733}})
    EXPECT_NEAR(Rectification(0.999, t).r, r, 6e-8) << t;
}

TEST(RAdam, StartsInTwoWays) {
  // Five steps without rectification, then eps r_t.
  for (const std::string start : {"author", "torch"}) {
    const auto moved = moves("radam(start=" + start + ")", 0.01, 10, 2);
    for (std::size_t t = 0; t < 5; ++t)
      EXPECT_NEAR(moved[t], start == "author" ? 0 : -2, 1e-5) << start << ' ' << t;
    EXPECT_NEAR(moved[5], -.0258211, 1e-5) << start;
    EXPECT_NEAR(moved[9], -.0489980, 1e-5) << start;
  }
}

TEST(AdaBelief, IsHeldByEpsilonUnderAConstantGradient) {
  // g - m = beta1^t g dies out; s keeps the sum of decayed epsilons.
  const double g = 2, b1 = 0.9, b2 = 0.9, e = 1e-3;
  const auto moved = moves("adabelief(beta2=0.9, epsilon=1e-3, rectify=false)", 0.01, 300, g);
  double s = 0;
  for (int t = 1; t <= 300; ++t) {
    const double off = std::pow(b1, t) * g;
    s = b2 * s + (1 - b2) * off * off + e;
    ASSERT_NEAR(moved[static_cast<std::size_t>(t - 1)],
                -g / (std::sqrt(s / (1 - std::pow(b2, t))) + e), sizeof(Real) == 4 ? 2e-2 : 1e-10)
        << t;
  }
  EXPECT_NEAR(s, e / (1 - b2), 1e-6);
}

TEST(Adopt, WaitsOneStepAndThenAveragesSigns) {
  const auto moved = moves("adopt", 0.01, 30, -3);
  EXPECT_EQ(moved[0], 0);
  for (std::size_t t = 2; t <= moved.size(); ++t)
    ASSERT_NEAR(moved[t - 1], 1 - std::pow(0.9, t - 1), 1e-4) << t;
}

TEST(Adopt, ClipsGradientsThatGrow) {
  // g = 10^t: beside the root of before it is 10 and more, and the clip holds: (t - 1)^(1/4).
  std::int64_t t = 0;
  const auto growing = [&t](auto, auto gradient) {
    gradient[0] = static_cast<Real>(std::pow(10, ++t));
    return 0.0;
  };
  const auto clipped = trajectory("adopt(beta1=0)", 1, 6, {0}, growing);
  double sum = 0;
  for (std::size_t k = 2; k <= 6; ++k) {
    sum -= std::pow(static_cast<double>(k - 1), 0.25);
    EXPECT_NEAR(clipped[k - 1][0], sum, 10 * kExact) << k;
  }
  t = 0;
  EXPECT_NEAR(trajectory("adopt(beta1=0, clip=false)", 1, 2, {0}, growing)[1][0], -10, 1e-5);
}

TEST(Yogi, MovesItsMeanSquareByAShareOfTheSquare) {
  // r = 1e-6 + 0.001 t g^2 while r < g^2.
  const double g = 2;
  const auto moved = moves("yogi", 0.01, 50, g);
  for (int t = 1; t <= 50; ++t) {
    const double r = (1e-6 + 0.001 * t * g * g) / (1 - std::pow(0.999, t));
    ASSERT_NEAR(moved[static_cast<std::size_t>(t - 1)], -g / (std::sqrt(r) + 1e-3), 1e-4) << t;
  }
}

TEST(Grams, NeverMovesAlongTheGradient) {
  std::int64_t t = 0;
  const auto turning = [&t](auto, auto gradient) {
    gradient[0] = ++t % 7 < 3 ? Real(1) : Real(-0.3);
    return 0.0;
  };
  const auto points = trajectory("grams", 0.1, 60, {0}, turning);
  for (std::size_t k = 1; k < points.size(); ++k)
    EXPECT_EQ(points[k][0] < points[k - 1][0], (k + 1) % 7 < 3) << k;
}

TEST(Mars, FirstDifferenceIsTheWholeGradient) {
  // g_last = 0: c = (1 + gamma beta1 / (1 - beta1)) g = 1.475 g, then g.
  const auto points =
      trajectory("mars(beta2=0.99, clip=false)", 0.01, 2, {0}, constant_gradient({Real(0.1)}));
  EXPECT_NEAR(points[0][0], -0.01, 1e-6);
  const double m = (0.95 * 0.05 * 1.475 + 0.05) / (1 - 0.95 * 0.95);
  const double v = (0.99 * 0.01 * 1.475 * 1.475 + 0.01) / (1 - 0.99 * 0.99);
  EXPECT_NEAR(points[1][0] - double{points[0][0]}, -0.01 * m / std::sqrt(v), 1e-6);
}

TEST(Estimates, OfTheDistanceFollowTheirClosedForm) {
  const auto ratios = [](const std::string& text, std::int64_t steps) {
    const ParameterLayout layout = test::one_block(3);
    std::vector<Real> theta(layout.size(), 0);
    const auto optimizer = test::make_optimizer(text, layout, theta);
    test::FunctionObjective objective([](auto, auto gradient) {
      std::fill_n(gradient.begin(), 3, Real{1});
      return 0.0;
    });
    std::vector<double> all;
    for (std::int64_t t = 1; t <= steps; ++t) {
      optimizer->step({t, 1, steps}, objective, theta);
      test::StateSaver saved;
      optimizer->visit_state(saved);
      all.push_back(saved.double_values.at(0).at(0) / 1e-6);
    }
    return all;
  };
  const auto expect = [&](const std::string& text, const std::vector<double>& expected) {
    const auto actual = ratios(text, static_cast<std::int64_t>(expected.size()));
    for (std::size_t t = 0; t < expected.size(); ++t)
      EXPECT_NEAR(actual[t] / expected[t], 1, sizeof(Real) == 4 ? 1e-5 : 1e-6) << text << ' ' << t;
  };
  // The numbers are those of an epsilon of 1e-8, about 1e-7 of the roots beside it.
  if (sizeof(Real) == 8) {
    expect("prodigy(epsilon=1e-30)", {1, 1.58153411, 4.82240845, 13.4960948, 34.5096980});
    expect("prodigy(epsilon=1e-30, bias_correction=true)", {1, 1, 1, 1.27089171, 1.89688480});
    expect("dadapt_adam(epsilon=1e-30)", {1, 15.8153411, 41.4784453, 240.126328});
  }
  expect("dadapt_sgd", {1, 1, 2, 3.6, 6.27906977});
}

TEST(Prodigy, FirstStepIsTheEstimate) {
  const auto first = [](const std::string& text) {
    return double{trajectory(text, 1, 1, {0, 0}, constant_gradient({3, Real(-0.2)}))[0][0]};
  };
  EXPECT_NEAR(first("prodigy(d0=0.01, epsilon=1e-12)") / -0.01, 3.16227766, 1e-5);
  EXPECT_NEAR(first("prodigy(d0=0.01, epsilon=1e-12, bias_correction=true)") / -0.01, 1, 1e-5);
}

TEST(Lamb, StepsAreAsLongAsTheWeightsAsk) {
  const auto length = [](const std::string& text, std::vector<Real> start) {
    const auto point = trajectory(text, 0.01, 1, start, constant_gradient({2, -1, 5}))[0];
    double square = 0;
    for (std::size_t i = 0; i < 3; ++i) square += std::pow(double{point[i]} - double{start[i]}, 2);
    return std::sqrt(square);
  };
  EXPECT_NEAR(length("lamb(weight_decay=0.3)", {1, 2, 2}), 0.01 * 3, 1e-6);
  EXPECT_NEAR(length("lamb(weight_decay=0.3)", {10, 20, 20}), 0.01 * 10, 1e-5);
  EXPECT_NEAR(length("lamb(max_norm=20)", {10, 20, 20}), 0.01 * 20, 2e-5);
  // With no weights the update itself, sqrt(3) (1 - beta1) / sqrt(1 - beta2) long.
  EXPECT_NEAR(length("lamb", {0, 0, 0}), 0.01 * std::sqrt(3) * 0.1 / std::sqrt(0.001), 1e-5);
}

test::Points on_weights(const std::string& text, double rate, std::int64_t steps,
                        std::vector<Real> start, const test::FunctionObjective::Function& f) {
  ParameterLayout layout;
  layout.add("weight", start.size() / 2, 2, BlockKind::kWeight);
  std::vector<Real> theta = std::move(start);
  theta.resize(layout.size(), 0);
  const auto optimizer = test::make_optimizer(text, layout, theta);
  test::FunctionObjective objective(f);
  test::Points points;
  for (std::int64_t t = 1; t <= steps; ++t) {
    optimizer->step({t, rate, steps}, objective, theta);
    points.push_back(theta);
  }
  return points;
}

TEST(Lars, StepsInProportionToTheWeights) {
  // g along theta: |step| = eps eta |theta|, whatever the decay.
  const auto point = on_weights("lars(momentum=0, weight_decay=0.7)", 0.5, 1, {3, 4},
                                constant_gradient({30, 40}))[0];
  EXPECT_NEAR(point[0], 3 - 0.5 * 0.001 * 3, 3 * test::kRounding);
  EXPECT_NEAR(point[1], 4 - 0.5 * 0.001 * 4, 4 * test::kRounding);
  // Zero weights and zero gradients step as momentum does.
  EXPECT_EQ(on_weights("lars", 0.5, 1, {0, 0}, constant_gradient({1, 2}))[0][1], Real{-1});
  // A bias takes the gradient as it is.
  EXPECT_EQ(trajectory("lars(weight_decay=9)", 0.5, 1, {3}, constant_gradient({2}))[0][0], Real{2});
}

TEST(Adafactor, ReadsSquaresOfRankOneExactly) {
  // g_ij = r_i c_j at t = 1: V = g^2 and U = sign g; rms(theta) = 2 and 1 / sqrt(1) > eps.
  const auto point =
      on_weights("adafactor", 0.1, 1, {2, -2, 2, 2}, constant_gradient({3, Real(-0.5), 6, -1}))[0];
  EXPECT_NEAR(point[0], 2 - 0.2, 1e-6);
  EXPECT_NEAR(point[1], -2 + 0.2, 1e-6);
  EXPECT_NEAR(point[2], 2 - 0.2, 1e-6);
  EXPECT_NEAR(point[3], 2 + 0.2, 1e-6);
  // Small weights count as epsilon2, and a large rate as 1 / sqrt(t).
  EXPECT_NEAR(trajectory("adafactor", 5, 1, {0}, constant_gradient({3}))[0][0], -1e-3, 1e-9);
}

TEST(Gpa, AveragesIteratesExponentially) {
  // z_t = -eps t under a constant gradient; theta <- mu theta + (1 - mu) z.
  const auto points = trajectory("gpa(mu_x=0.9)", 0.01, 50, {0}, constant_gradient({2}));
  double mean = 0;
  for (std::size_t t = 1; t <= points.size(); ++t) {
    mean = 0.9 * mean - 0.1 * 0.01 * static_cast<double>(t);
    ASSERT_NEAR(points[t - 1][0], mean, 1e-6) << t;
  }
}

TEST(ScheduleFreeAdamW, WeighsByTheLargestRateAndThePowerOfTime) {
  // Adam's steps are -eps_t sign g; w = t (max eps)^2 over a warm-up of 4 steps.
  const auto points =
      trajectory("schedule_free_adamw(warmup_steps=4, r=1)", 0.01, 12, {0}, constant_gradient({5}));
  double z = 0, sum = 0, mean = 0;
  for (int t = 1; t <= 12; ++t) {
    const double eps = 0.01 * std::min(1.0, t / 4.0), weight = t * eps * eps;
    z -= eps;
    sum += weight;
    mean += weight / sum * (z - mean);
    ASSERT_NEAR(points[static_cast<std::size_t>(t - 1)][0], mean, 1e-6) << t;
  }
}

TEST(Sophia, IsSignDescentUntilItHasACurvature) {
  test::Quadratic q{AlignedVector<Real>(16, 0), AlignedVector<Real>(16, 0)};
  q.curvature[0] = 2;
  q.curvature[1] = Real(0.5);
  auto objective = q.objective();
  const ParameterLayout layout = test::one_block(2);
  std::vector<Real> theta(layout.size(), 0);
  theta[0] = 4;
  theta[1] = -3;
  // beta1 = 0, and gamma = 1: Newton's step of eps once h is the curvature (beta2 = 0).
  const auto optimizer = test::make_optimizer(
      "sophia(beta1=0, beta2=0, gamma=1, weight_decay=0, k=4, probes=signs)", layout, theta);
  for (std::int64_t t = 1; t <= 4; ++t) optimizer->step({t, 0.875, 10}, objective, theta);
  EXPECT_EQ(theta[0], Real(0.5));
  EXPECT_EQ(theta[1], Real(0.5));
  optimizer->step({5, 0.875, 10}, objective, theta);
  EXPECT_NEAR(theta[0], 0.5 * 0.125, kExact);
  EXPECT_NEAR(theta[1], 0.5 * 0.125, kExact);
  EXPECT_EQ(objective.counts().curvature_products, 1);
}

// The mean of u (H u) is the diagonal, for normals and signs, also where H is not diagonal.
TEST(Sophia, EstimatesTheDiagonal) {
  for (const std::string probes : {"normal", "signs"}) {
    const ParameterLayout layout = test::one_block(2);
    test::FunctionObjective objective(
        [](auto, auto gradient) {
          std::fill(gradient.begin(), gradient.end(), Real{0});
          return 0.0;
        },
        [](auto, auto v, auto product) {
          product[0] = 3 * v[0] + v[1];
          product[1] = v[0] + 2 * v[1];
        });
    std::vector<Real> theta(layout.size(), 0);
    const auto optimizer =
        test::make_optimizer("sophia(k=1, beta2=0.999, probes=" + probes + ")", layout, theta);
    for (std::int64_t t = 1; t <= 20000; ++t) optimizer->step({t, 0.1, 1}, objective, theta);
    test::StateSaver saved;
    optimizer->visit_state(saved);
    EXPECT_NEAR(saved.real_values.at(1)[0], 3, 0.5) << probes;
    EXPECT_NEAR(saved.real_values.at(1)[1], 2, 0.4) << probes;
  }
}

TEST(RuleForms, NothingButDecayMovesWeightsWithoutAGradient) {
  for (const auto& entry : first_order_catalog().entries()) {
    const bool decays = std::any_of(entry.fields.begin(), entry.fields.end(),
                                    [](const FieldDoc& f) { return f.key == "weight_decay"; });
    if (entry.name == "sophia") continue;  // needs curvature
    if (entry.name == "scion") continue;   // moves to a mean of theta and the point that g asks for
    const std::string text = entry.name == "cautious" ? "cautious(inner=adam)"
                             : entry.name == "soap"
                                 ? "soap(weight_decay=0, rest=adam)"
                                 : entry.name + (decays ? "(weight_decay=0)" : "");
    const auto points = trajectory(text, 0.1, 20, {1, -3}, constant_gradient({0, 0}));
    EXPECT_NEAR(points.back()[0], 1, 20 * test::kRounding) << text;
    EXPECT_NEAR(points.back()[1], -3, 60 * test::kRounding) << text;
  }
}

TEST(RuleForms, DecayMultipliesByOneLessItsRate) {
  const double eps = 0.1, lambda = 0.05;
  for (const std::string text :
       {"ademamix(weight_decay=0.05)", "mars(weight_decay=0.05)", "signum(weight_decay=0.05)",
        "adabelief(weight_decay=0.05)", "nadamw(weight_decay=0.05)", "grams(weight_decay=0.05)",
        "adafactor(weight_decay=0.05)", "adan(weight_decay=0.05, no_prox=true)",
        "decay(weight_decay=0.05)", "decay(weight_decay=0.05, inner=adam)",
        "cautious(inner=adamw(weight_decay=0.05))", "cautious(inner=lion(weight_decay=0.05))",
        "prodigy(weight_decay=0.05, d0=1)", "dadapt_adam(weight_decay=0.05, d0=1)",
        "adopt(weight_decay=0.05)", "partition(rest=adamw(weight_decay=0.05))"}) {
    const auto points = trajectory(text, eps, 60, {1, -3}, constant_gradient({0, 0}));
    const double expected = std::pow(1 - eps * lambda, text.starts_with("adopt") ? 59 : 60);
    EXPECT_NEAR(points.back()[0], expected, 60 * test::kRounding) << text;
    EXPECT_NEAR(points.back()[1], -3 * expected, 180 * test::kRounding) << text;
  }
  const auto prox = trajectory("adan(weight_decay=0.05)", eps, 60, {1}, constant_gradient({0}));
  EXPECT_NEAR(prox.back()[0], std::pow(1 + eps * lambda, -60), 60 * test::kRounding);
}

}  // namespace
}  // namespace ravine
