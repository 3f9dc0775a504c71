// What the rules on matrices promise beyond their traces: which blocks they take, and statements
// about steps that hold exactly.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "optim/support.hpp"
#include "ravine/core/random.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/matrix/normuon.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

constexpr double kExact = sizeof(Real) == 4 ? 2e-5 : 1e-12;

ParameterLayout network() {
  ParameterLayout layout;
  layout.add("conv/kernel", 9, 6, BlockKind::kKernel);
  layout.add("conv/bias", 1, 6, BlockKind::kBias);
  layout.add("dense0/weight", 23, 37, BlockKind::kWeight);
  layout.add("dense0/bias", 1, 37, BlockKind::kBias);
  layout.add("norm/gain", 1, 37, BlockKind::kGain);
  layout.add("embedding", 5, 4, BlockKind::kEmbedding);
  layout.add("dense1/weight", 37, 29, BlockKind::kWeight);
  layout.add("dense2/weight", 29, 10, BlockKind::kOutput);
  return layout;
}

std::vector<Real> random_values(const ParameterLayout& layout, std::uint64_t seed) {
  RandomStream random(seed, Purpose::kTest);
  std::vector<Real> values(layout.size(), 0);
  for (const Block& block : layout.blocks())
    for (Real& x : block.of(std::span(values))) x = static_cast<Real>(random.normal());
  return values;
}

// Gradients that depend on the step alone.
void run(Optimizer& optimizer, const ParameterLayout& layout, std::span<Real> theta,
         std::int64_t first, std::int64_t last, double rate = 0.02) {
  std::uint64_t seed = 0;
  test::FunctionObjective objective([&](auto, auto gradient) {
    std::ranges::copy(random_values(layout, seed), gradient.begin());
    return 0.0;
  });
  for (std::int64_t t = first; t <= last; ++t) {
    seed = 100 + static_cast<std::uint64_t>(t);
    optimizer.step({t, rate, last}, objective, theta);
  }
}

std::vector<Real> after(const std::string& text, const ParameterLayout& layout, std::int64_t steps,
                        double rate = 0.02, Threads threads = {}) {
  auto theta = random_values(layout, 1);
  run(*test::make_optimizer(text, layout, theta, threads), layout, theta, 1, steps, rate);
  return theta;
}

std::vector<Real> of(const Block& block, const std::vector<Real>& theta) {
  const auto part = block.of(std::span(theta));
  return {part.begin(), part.end()};
}

double norm(std::span<const Real> x) { return std::sqrt(squared_norm({}, x)); }

// Names of the blocks that one step moves otherwise than the rest alone does.
std::string taken_by(const std::string& text, const std::string& rest) {
  const ParameterLayout layout = network();
  const auto both = after(text, layout, 3), alone = after(rest, layout, 3);
  std::string taken;
  for (const Block& block : layout.blocks())
    if (of(block, both) != of(block, alone)) taken += block.name + " ";
  return taken;
}

TEST(OnMatrices, TakesHiddenWeightsAndLeavesOthersToTheRest) {
  for (const std::string rule : {"muon", "normuon", "muonh", "spectral_descent", "dion"}) {
    const std::string adam = "adamw(beta1=0.9, beta2=0.95, epsilon=1e-10, weight_decay=0)";
    EXPECT_EQ(taken_by(rule + "(rest_rate=1)", adam), "dense0/weight dense1/weight ") << rule;
    EXPECT_EQ(taken_by(rule + "(rest_rate=1, blocks=products, rest=lion)", "lion"),
              "conv/kernel dense0/weight dense1/weight dense2/weight ")
        << rule;
  }
}

TEST(OnMatrices, GivesTheRestItsShareOfTheRate) {
  const ParameterLayout layout = network();
  const auto both = after("muon", layout, 3, 0.02);
  const auto alone =
      after("adamw(beta1=0.9, beta2=0.95, epsilon=1e-10, weight_decay=0)", layout, 3, 0.02 * 0.015);
  for (const char* name : {"conv/kernel", "conv/bias", "norm/gain", "embedding", "dense2/weight"})
    EXPECT_EQ(of(layout.block(name), both), of(layout.block(name), alone)) << name;
}

struct Shares final : RecordVisitor {
  std::map<std::string, double> values;
  void number(std::string_view name, std::string_view, double value) override {
    values[std::string(name)] = value;
  }
};

TEST(OnMatrices, RecordsWhichShareOfTheParametersItMoves) {
  const auto share = [](const ParameterLayout& layout) {
    const auto optimizer = test::make_optimizer("muon", layout);
    Shares shares;
    optimizer->visit_records(shares);
    return shares.values.at("matrix_share");
  };
  ParameterLayout narrow;
  narrow.add("dense0/weight", 20, 30, BlockKind::kWeight);
  narrow.add("dense0/bias", 1, 30, BlockKind::kBias);
  narrow.add("dense1/weight", 30, 10, BlockKind::kOutput);
  EXPECT_EQ(share(narrow), 0);
  const double matrices = 23 * 37 + 37 * 29;
  EXPECT_DOUBLE_EQ(share(network()), matrices / (matrices + 54 + 6 + 37 + 37 + 20 + 290));
}

TEST(OnMatrices, HasATextThatReadsBackAndRefusesWhatIsNotARule) {
  const std::string text = optimizer_catalog().canonical("muon(rest=momentum(beta=sutskever))");
  EXPECT_EQ(optimizer_catalog().canonical(text), text);
  EXPECT_NE(text.find("blocks=hidden"), std::string::npos) << text;
  EXPECT_EQ(
      refusal_of([] { optimizer_catalog().make("muon(rest=lbfgs)"); }),
      "muon(rest) is 'lbfgs', which does not make one update from one gradient: use a rule such "
      "as adamw or sgd");
  EXPECT_NE(refusal_of([] {
              optimizer_catalog().make("muon(scale=torhc)");
            }).find("did you mean 'torch'?"),
            std::string::npos);
}

TEST(OnMatrices, FollowsSchedulesInBothParts) {
  const ParameterLayout layout = network();
  const auto changing = after(
      "muon(beta=linear(initial=0.9, final=0), rest_rate=linear(initial=1, final=0))", layout, 4);
  const auto constant = after("muon(beta=0.9, rest_rate=1)", layout, 4);
  for (const char* name : {"conv/kernel", "dense1/weight"})
    EXPECT_NE(of(layout.block(name), changing), of(layout.block(name), constant)) << name;
}

// Inputs that are always 0 say nothing of their rows.
TEST(PsgdKron, KeepsThePreconditionerOfWhatHasNoGradient) {
  ParameterLayout layout;
  layout.add("weight", 40, 3, BlockKind::kWeight);
  for (const bool whole : {false, true}) {
    std::vector<Real> theta(layout.size(), 0);
    const auto optimizer = test::make_optimizer("psgd_kron(max_skew=20)", layout, theta);
    std::int64_t call = 0;
    test::FunctionObjective objective([&](auto, auto gradient) {
      std::ranges::fill(gradient, Real{0});
      const bool dead = ++call <= 2'000;
      for (std::size_t i = 0; i < 40; ++i)
        for (std::size_t j = 0; j < 3; ++j)
          if (!dead || (!whole && i % 2 == 0))
            gradient[3 * i + j] =
                Real(0.01) * static_cast<Real>((7 * i + 5 * j + 3 * call) % 11) - Real(0.05);
      return 0.0;
    });
    for (std::int64_t t = 1; t <= 2'001; ++t) {
      const std::vector<Real> before = theta;
      optimizer->step({t, 1e-3, 2'001}, objective, theta);
      for (std::size_t i = 0; i < theta.size(); ++i) {
        ASSERT_TRUE(std::isfinite(theta[i])) << t;
        ASSERT_LT(std::abs(theta[i] - before[i]), 0.05) << t << ' ' << i;
      }
    }
  }
}

// The memory that a plan counts is what the rule holds.
TEST(OnMatrices, CountsItsMemory) {
  const ParameterLayout layout = network();
  const auto optimizer = test::make_optimizer("muon", layout);
  auto& memory = dynamic_cast<ExtraMemory&>(*optimizer);
  // The larger weight's O and next, and two matrices of 29 x 29.
  EXPECT_EQ(memory.extra_bytes(layout), (2.0 * 37 * 29 + 2.0 * 29 * 29) * sizeof(Real));
  // m of both weights, each from a new line, and two vectors of the rest's adamw.
  EXPECT_EQ(
      memory.state_bytes(layout),
      static_cast<double>((padded(23 * 37) + padded(37 * 29) + 2 * layout.size()) * sizeof(Real)));
}

class MatrixRule : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(
    All, MatrixRule,
    testing::Values("muon(blocks=products)", "normuon(blocks=products, scale=torch)",
                    "muonh(blocks=products)", "spectral_descent(blocks=products)", "scion",
                    "lookahead(inner=muon(blocks=products), k=2)",
                    "partition(hidden=muon(blocks=products), rest=nesterov)",
                    "shampoo(frequency=3, block_size=24, grafting=adagrad)", "soap(frequency=2)",
                    "psgd_kron(beta=0.5)", "dion(blocks=products, rank=5)"),
    [](const auto& rule) { return fmt::format("{}", rule.index); });

TEST_P(MatrixRule, HasTheSameBitsForAnyThreads) {
  ParameterLayout layout;
  layout.add("weight", 250, 245, BlockKind::kWeight);
  layout.add("bias", 1, 245, BlockKind::kBias);
  const auto one = after(GetParam(), layout, 2);
  EXPECT_NE(one, random_values(layout, 1));
  EXPECT_EQ(one, after(GetParam(), layout, 2, 0.02, {3}));
}

TEST_P(MatrixRule, ContinuesFromSavedStateWithoutAllocating) {
  const ParameterLayout layout = network();
  auto theta = random_values(layout, 1);
  const auto original = test::make_optimizer(GetParam(), layout, theta);
  run(*original, layout, theta, 1, 4);
  test::StateSaver saved;
  original->visit_state(saved);
  const auto restored = test::make_optimizer(GetParam(), layout, theta);
  test::StateLoader loader(saved);
  restored->visit_state(loader);
  auto copy = theta;
  run(*original, layout, theta, 5, 8);
  run(*restored, layout, copy, 5, 8);
  EXPECT_EQ(theta, copy);

  // Shampoo decomposes at steps 1, 4, 7, 10, which allocates.
  test::FunctionObjective flat([](auto, auto) { return 0.0; });
  const std::int64_t before = test::allocation_count();
  original->step({9, 0.02, 9}, flat, theta);
  EXPECT_EQ(test::allocation_count(), before);
}

// Where nothing pulls, only decay may move theta.
TEST_P(MatrixRule, StandsStillWithoutAGradient) {
  const ParameterLayout layout = network();
  auto theta = random_values(layout, 1);
  const auto start = theta;
  const auto optimizer = test::make_optimizer(GetParam(), layout, theta);
  test::FunctionObjective flat([](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{0});
    return 0.0;
  });
  for (std::int64_t t = 1; t <= 3; ++t) optimizer->step({t, 0.5, 3}, flat, theta);
  double keep = 1;
  if (GetParam().starts_with("normuon") || GetParam().starts_with("dion"))
    keep = std::pow(1 - 0.5 * 0.01, 3);
  if (GetParam() == "scion") keep = 0.125;
  if (GetParam().starts_with("soap")) keep = std::pow(1 - 0.5 * 0.01, 2);  // not at first
  for (const char* name : {"dense0/weight", "dense1/weight"})
    for (std::size_t i = 0; i < layout.block(name).size(); ++i)
      ASSERT_NEAR(of(layout.block(name), theta)[i], keep * double{of(layout.block(name), start)[i]},
                  1e-5)
          << name;
}

// A unit that dies leaves averages that decay for ever. Operations on subnormal numbers are slow.
TEST_P(MatrixRule, SetsSubnormalStatesToZero) {
  ParameterLayout layout;
  layout.add("first/weight", 2, 3, BlockKind::kWeight);
  layout.add("weight", 3, 2, BlockKind::kWeight);
  auto theta = random_values(layout, 1);
  const auto optimizer = test::make_optimizer(GetParam(), layout, theta);
  test::FunctionObjective objective([calls = 0](auto, auto gradient) mutable {
    std::ranges::fill(gradient, calls++ < 2 ? Real{1e-3F} : Real{0});
    return 0.0;
  });
  constexpr std::int64_t kLong = sizeof(Real) == 4 ? 2'000 : 16'000;
  for (std::int64_t t = 1; t <= kLong; ++t) optimizer->step({t, 1e-4, kLong}, objective, theta);
  test::StateSaver state;
  optimizer->visit_state(state);
  for (const auto& values : state.real_values)
    for (const Real value : values) EXPECT_NE(std::fpclassify(value), FP_SUBNORMAL) << value;
}

ParameterLayout one_weight() {
  ParameterLayout layout;
  layout.add("weight", 8, 5, BlockKind::kWeight);
  return layout;
}

// Spectral descent is Muon without momentum and with the orthogonal factor itself.
TEST(RulesWithinRules, SpectralDescentIsMuonWithoutMomentum) {
  const ParameterLayout layout = one_weight();
  EXPECT_EQ(after("spectral_descent(blocks=products, weight_decay=1)", layout, 5),
            after("muon(blocks=products, beta=0, nesterov=false, orthogonalization=polar, "
                  "scale=none, weight_decay=1)",
                  layout, 5));
}

TEST(Muon, DoesNotSeeTheScaleOfTheLoss) {
  const ParameterLayout layout = one_weight();
  const auto moved = [&](double scale) {
    auto theta = random_values(layout, 1);
    const auto optimizer = test::make_optimizer("muon(blocks=products)", layout, theta);
    test::FunctionObjective objective([&](auto, auto gradient) {
      const auto g = random_values(layout, 7);
      for (std::size_t i = 0; i < g.size(); ++i)
        gradient[i] = static_cast<Real>(scale * double{g[i]});
      return 0.0;
    });
    for (std::int64_t t = 1; t <= 3; ++t) optimizer->step({t, 0.1, 3}, objective, theta);
    return theta;
  };
  const auto one = moved(100), other = moved(3e5);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(one[i], other[i], 1e-6);
  EXPECT_NE(one, random_values(layout, 1));
}

// A step is eps long in every direction but for the decay: 0.2 sqrt(max) of a reference step.
TEST(Muon, ScalesItsStepByTheShape) {
  const std::map<std::string, double> expected = {{"none", 1},
                                                  {"reference", std::sqrt(2.5)},
                                                  {"torch", std::sqrt(2.5)},
                                                  {"ratio", std::sqrt(2.5)},
                                                  {"moonlight", 0.2 * std::sqrt(10)}};
  ParameterLayout layout, turned;
  layout.add("weight", 4, 10, BlockKind::kWeight);
  turned.add("weight", 10, 4, BlockKind::kWeight);
  const auto length = [](const ParameterLayout& shape, const std::string& scale) {
    const auto start = random_values(shape, 1);
    const auto theta = after("muon(blocks=products, scale=" + scale + ")", shape, 1, 0.5);
    return std::sqrt(squared_distance({}, start, theta));
  };
  for (const auto& [scale, factor] : expected)
    EXPECT_NEAR(length(layout, scale) / length(layout, "none"), factor, 1e-5) << scale;
  EXPECT_NEAR(length(turned, "reference") / length(turned, "none"), 1, 1e-5);
  EXPECT_NEAR(length(turned, "ratio") / length(turned, "none"), std::sqrt(0.4), 1e-5);
}

TEST(MuonH, KeepsTheNormOfEveryMatrix) {
  const ParameterLayout layout = network();
  const auto start = random_values(layout, 1), theta = after("muonh", layout, 20, 0.1);
  for (const char* name : {"dense0/weight", "dense1/weight"}) {
    const double before = norm(of(layout.block(name), start));
    EXPECT_NEAR(norm(of(layout.block(name), theta)) / before, 1, 10 * kExact) << name;
    EXPECT_NE(of(layout.block(name), theta), of(layout.block(name), start));
  }
}

// A step at a right angle to theta turns it by atan(eps).
TEST(MuonH, TurnsByTheArcTangentOfEps) {
  ParameterLayout layout;
  layout.add("weight", 2, 3, BlockKind::kWeight);
  std::vector<Real> theta(layout.size(), 0);
  theta[0] = 3;  // (0, 0)
  const auto optimizer = test::make_optimizer("muonh(blocks=products)", layout, theta);
  test::FunctionObjective objective([](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{0});
    gradient[4] = 7;  // (1, 1)
    return 0.0;
  });
  optimizer->step({1, 0.3, 1}, objective, theta);
  const double angle = std::atan(0.3);
  EXPECT_NEAR(theta[0], 3 * std::cos(angle), 10 * kExact);
  EXPECT_NEAR(theta[4], -3 * std::sin(angle), 10 * kExact);
}

// At the first step the columns that belong to one output have equal norms, and the whole has that
// of O; the steps of both rules differ by what is between.
TEST(NorMuon, MovesEveryOutputEquallyFarAtFirst) {
  const ParameterLayout layout = one_weight();
  const auto start = random_values(layout, 1);
  const std::string fields =
      "(blocks=products, weight_decay=0, scale=none, nesterov=false, "
      "orthogonalization=polar_express)";
  const auto theta = after("normuon" + fields, layout, 1, 0.5);
  const auto muon = after("muon" + fields, layout, 1, 0.5);
  const double whole = std::sqrt(squared_distance({}, start, theta));
  EXPECT_NEAR(whole, std::sqrt(squared_distance({}, start, muon)), 10 * kExact);
  for (std::size_t o = 0; o < 5; ++o) {
    double sum = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      const double moved = double{theta[i * 5 + o]} - double{start[i * 5 + o]};
      sum += moved * moved;
    }
    EXPECT_NEAR(std::sqrt(sum), whole / std::sqrt(5.0), 1e-5) << o;  // 1e-8 in the divisor
  }
}

// Under a constant gradient: theta_t = (1 - eps)^t theta_0 + (1 - (1 - eps)^t) (-rho lmo(g)).
TEST(Scion, StaysAConvexCombinationUnderAConstantGradient) {
  const ParameterLayout layout = network();
  auto theta = random_values(layout, 1);
  const auto start = theta, g = random_values(layout, 9);
  const auto optimizer =
      test::make_optimizer("scion(radius=2, output_radius=40, vector_radius=3)", layout, theta);
  test::FunctionObjective objective([&](auto, auto gradient) {
    std::ranges::copy(g, gradient.begin());
    return 0.0;
  });
  for (std::int64_t t = 1; t <= 15; ++t) optimizer->step({t, 0.1, 15}, objective, theta);
  const double left = std::pow(0.9, 15);
  const auto lmo_of = [&](const Block& block) {
    std::vector<double> lmo;
    for (std::size_t i = 0; i < block.size(); ++i)
      lmo.push_back((double{of(block, theta)[i]} - left * double{of(block, start)[i]}) /
                    (left - 1));
    return lmo;
  };
  const Block& output = layout.block("dense2/weight");
  for (std::size_t i = 0; i < output.size(); ++i)
    EXPECT_NEAR(lmo_of(output)[i], (of(output, g)[i] > 0 ? 1 : -1) * 40.0 / 29, 1e-4);
  for (const char* name : {"conv/bias", "norm/gain"}) {
    const Block& block = layout.block(name);
    const double rms = norm(of(block, g)) / std::sqrt(static_cast<double>(block.size()));
    for (std::size_t i = 0; i < block.size(); ++i)
      EXPECT_NEAR(lmo_of(block)[i], 3 * double{of(block, g)[i]} / rms, 1e-4) << name;
  }
  const Block& embedding = layout.block("embedding");
  for (std::size_t row = 0; row < 5; ++row) {
    double sum = 0;
    for (std::size_t j = 0; j < 4; ++j) sum += std::pow(lmo_of(embedding)[row * 4 + j], 2);
    EXPECT_NEAR(std::sqrt(sum / 4), 2, 1e-4);
  }
}

// Roots of half power on either side of G are its orthogonal factor.
TEST(RulesWithinRules, ShampooWithoutMemoryIsSpectralDescent) {
  const ParameterLayout layout = one_weight();
  const auto shampoo = after("shampoo(beta1=0, beta2=0, weight_decay=1)", layout, 4),
             descent =
                 after("spectral_descent(blocks=products, steps=40, weight_decay=1)", layout, 4);
  for (std::size_t i = 0; i < shampoo.size(); ++i)
    EXPECT_NEAR(shampoo[i], descent[i], sizeof(Real) == 4 ? 1e-4 : 1e-10) << i;
}

// After T equal steps L and R are T times those of one: P = U V' / sqrt(T).
TEST(Shampoo, SlowsDownUnderAConstantGradient) {
  const ParameterLayout layout = one_weight();
  auto theta = random_values(layout, 1);
  const auto start = theta;
  const auto optimizer = test::make_optimizer("shampoo", layout, theta);
  test::FunctionObjective objective([&](auto, auto gradient) {
    std::ranges::copy(random_values(layout, 101), gradient.begin());
    return 0.0;
  });
  for (std::int64_t t = 1; t <= 4; ++t) optimizer->step({t, 0.02, 4}, objective, theta);
  const auto once = after("spectral_descent(blocks=products, steps=40)", layout, 1);
  const double factor = 1 + std::sqrt(1 / 2.0) + std::sqrt(1 / 3.0) + std::sqrt(1 / 4.0);
  for (std::size_t i = 0; i < theta.size(); ++i)
    EXPECT_NEAR(theta[i] - start[i], factor * (double{once[i]} - double{start[i]}),
                sizeof(Real) == 4 ? 1e-4 : 1e-10);
}

// A diagonal gradient stays diagonal, and two fourth roots are one square root.
TEST(Shampoo, IsAdaGradOnADiagonal) {
  ParameterLayout layout;
  layout.add("weight", 3, 4, BlockKind::kWeight);
  const std::array<double, 3> g = {0.5, -2, 3};
  std::vector<Real> theta(layout.size(), 0);
  const auto optimizer = test::make_optimizer("shampoo(beta1=0)", layout, theta);
  test::FunctionObjective objective([&](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{0});
    for (std::size_t i = 0; i < 3; ++i) gradient[5 * i] = static_cast<Real>(g[i]);
    return 0.0;
  });
  for (std::int64_t t = 1; t <= 2; ++t) optimizer->step({t, 0.1, 2}, objective, theta);
  for (std::size_t i = 0; i < 12; ++i) {
    const double sign = g[i / 5 % 3] > 0 ? 1 : -1;
    EXPECT_NEAR(theta[i], i % 5 == 0 ? -0.1 * sign * (1 + std::sqrt(0.5)) : 0, kExact) << i;
  }
}

// On axes of its own it is Adam, one step late.
TEST(RulesWithinRules, SoapWithoutBasesIsAdamDelayedByOneStep) {
  const ParameterLayout layout = one_weight();
  const auto soap =
      after("soap(max_size=1, weight_decay=0, beta1=0.9, beta2=0.99, epsilon=1e-20)", layout, 6);
  auto theta = random_values(layout, 1);
  const auto adam = test::make_optimizer(
      "adamw(beta1=0.9, beta2=0.99, weight_decay=0, epsilon=1e-20)", layout, theta);
  for (std::int64_t t = 1; t <= 5; ++t) {
    test::FunctionObjective objective([&](auto, auto gradient) {
      std::ranges::copy(random_values(layout, static_cast<std::uint64_t>(101 + t)),
                        gradient.begin());
      return 0.0;
    });
    adam->step({t, 0.02, 5}, objective, theta);
  }
  for (std::size_t i = 0; i < soap.size(); ++i) EXPECT_NEAR(soap[i], theta[i], 10 * kExact) << i;
}

TEST(Soap, MovesNothingAtTheFirstStep) {
  const ParameterLayout layout = one_weight();
  EXPECT_EQ(after("soap", layout, 1), random_values(layout, 1));
}

// Eigenvectors have no sign: with one of them turned round, and m with it, the bits are the same.
TEST(Soap, DoesNotSeeTheSignsOfEigenvectors) {
  const ParameterLayout layout = one_weight();
  auto theta = random_values(layout, 1);
  const auto original = test::make_optimizer("soap(frequency=2)", layout, theta);
  run(*original, layout, theta, 1, 4);
  test::StateSaver saved;
  original->visit_state(saved);
  for (std::size_t i = 0; i < 8; ++i) saved.real_values.at(4).at(8 * 2 + i) *= -1;  // q_l
  for (std::size_t j = 0; j < 5; ++j) saved.real_values.at(0).at(5 * 2 + j) *= -1;  // m
  const auto turned = test::make_optimizer("soap(frequency=2)", layout, theta);
  test::StateLoader loader(saved);
  turned->visit_state(loader);
  auto copy = theta;
  run(*original, layout, theta, 5, 9);
  run(*turned, layout, copy, 5, 9);
  EXPECT_EQ(theta, copy);
}

// SOAP(U G V') = U SOAP(G) V' for orthogonal U and V: here reflections.
TEST(Soap, TurnsWithTheGradient) {
  const ParameterLayout layout = one_weight();
  // x <- (I - 2 u u') x (I - 2 v v')
  const auto reflected = [](std::vector<Real> x) {
    std::vector<double> u = {1, 2, 3, 4, 5, 6, 7, 8}, v = {3, -1, 4, 1, -5};
    const auto unit = [](std::vector<double>& a) {
      double sum = 0;
      for (const double c : a) sum += c * c;
      for (double& c : a) c /= std::sqrt(sum);
    };
    unit(u);
    unit(v);
    for (std::size_t j = 0; j < 5; ++j) {
      double along = 0;
      for (std::size_t i = 0; i < 8; ++i) along += u[i] * double{x[i * 5 + j]};
      for (std::size_t i = 0; i < 8; ++i)
        x[i * 5 + j] = static_cast<Real>(double{x[i * 5 + j]} - 2 * u[i] * along);
    }
    for (std::size_t i = 0; i < 8; ++i) {
      double along = 0;
      for (std::size_t j = 0; j < 5; ++j) along += v[j] * double{x[i * 5 + j]};
      for (std::size_t j = 0; j < 5; ++j)
        x[i * 5 + j] = static_cast<Real>(double{x[i * 5 + j]} - 2 * v[j] * along);
    }
    return x;
  };
  const auto trained = [&](bool turned) {
    auto theta = random_values(layout, 1);
    if (turned) theta = reflected(theta);
    const auto optimizer = test::make_optimizer("soap(frequency=2, epsilon=1e-4)", layout, theta);
    for (std::int64_t t = 1; t <= 6; ++t) {
      // The first gradient has full rank and the others stay in it, so that every basis is unique.
      test::FunctionObjective objective([&](auto, auto gradient) {
        auto g = random_values(layout, 101);
        for (std::size_t i = 0; i < g.size(); ++i)
          g[i] = static_cast<Real>(double{g[i]} * (1 + 0.1 * static_cast<double>(t)));
        std::ranges::copy(turned ? reflected(g) : g, gradient.begin());
        return 0.0;
      });
      optimizer->step({t, 0.02, 6}, objective, theta);
    }
    return theta;
  };
  const auto plain = reflected(trained(false)), turned = trained(true);
  for (std::size_t i = 0; i < plain.size(); ++i)
    EXPECT_NEAR(plain[i], turned[i], sizeof(Real) == 4 ? 1e-3 : 1e-10) << i;
}

// At rest P whitens: under one gradient of full rank H H' = (elements / side) I.
TEST(Psgd, ComesToWhitenTheGradient) {
  ParameterLayout layout;
  layout.add("weight", 4, 4, BlockKind::kWeight);
  auto theta = random_values(layout, 1);
  const auto optimizer = test::make_optimizer("psgd_kron", layout, theta);
  test::FunctionObjective objective([&](auto, auto gradient) {
    std::ranges::copy(random_values(layout, 5), gradient.begin());
    return 0.0;
  });
  std::vector<Real> before;
  for (std::int64_t t = 1; t <= 1005; ++t) {  // P was balanced along the way
    before = theta;
    optimizer->step({t, 1, 1005}, objective, theta);
  }
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < 4; ++k)
        sum += (double{theta[i * 4 + k]} - double{before[i * 4 + k]}) *
               (double{theta[j * 4 + k]} - double{before[j * 4 + k]});
      EXPECT_NEAR(sum, i == j ? 4 : 0, sizeof(Real) == 4 ? 1e-2 : 1e-6) << i << " " << j;
    }
}

// Its first step: P = (mean of G^4)^(-1/8) on both sides.
TEST(Psgd, StartsAtTheScaleOfTheGradient) {
  const ParameterLayout layout = one_weight();
  const auto start = random_values(layout, 1), g = random_values(layout, 101),
             theta = after("psgd_kron", layout, 1, 0.5);
  double fourth = 0;
  for (std::size_t i = 0; i < 40; ++i) fourth += std::pow(double{g[i]}, 4) / 40;
  for (std::size_t i = 0; i < 40; ++i)
    EXPECT_NEAR(theta[i], double{start[i]} - 0.5 * double{g[i]} * std::pow(fourth, -0.25),
                10 * kExact);
}

// With full rank everything is fed back, so that mu of the momentum is left.
TEST(Dion, KeepsMuOfItsMomentumAtFullRank) {
  const ParameterLayout layout = one_weight();
  auto theta = random_values(layout, 1);
  const auto optimizer = test::make_optimizer("dion(blocks=products, mu=0.7)", layout, theta);
  run(*optimizer, layout, theta, 1, 1);
  test::StateSaver state;
  optimizer->visit_state(state);
  const auto g = random_values(layout, 101);
  for (std::size_t i = 0; i < 40; ++i)
    EXPECT_NEAR(state.real_values.at(0)[i], 0.7 * double{g[i]}, 20 * kExact);
  for (std::size_t k = 0; k < 5; ++k)  // the columns of Q have length 1
    EXPECT_NEAR(norm(std::span(state.real_values.at(1)).subspan(8 * k, 8)), 1, 1e-6);
}

}  // namespace
}  // namespace ravine
