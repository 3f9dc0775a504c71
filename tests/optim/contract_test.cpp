// What every row and alias of the first-order catalog promises. New rows join by being there.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "optim/support.hpp"
#include "ravine/core/random.hpp"

namespace ravine {
namespace {

using test::FunctionObjective;
using test::make_optimizer;
using test::Quadratic;

class OptimizerContract : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Optimizer> make(const ParameterLayout& layout, Threads threads = {}) const {
    return make_optimizer(GetParam(), layout, threads);
  }
};

// Letters, digits and underscores only.
std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}
// Decompositions of large matrices would take as long as all other tests.
std::string in_small_pieces(const std::string& name) {
  if (name == "shampoo") return "shampoo(block_size=32, frequency=4)";
  if (name == "soap") return "soap(max_size=64)";
  return name;
}
// Lookahead keeps them with whatever it holds.
std::vector<std::string> contracted() {
  std::vector<std::string> all;
  for (const std::string& name : first_order_catalog().names())
    all.push_back(in_small_pieces(name));
  for (const auto& entry : first_order_catalog().entries())
    if (!test::sets_theta(entry.name))  // else it is refused
      all.push_back("lookahead(inner=" + in_small_pieces(entry.name) + ", k=3, alpha=0.8)");
  all.push_back(
      "lookahead(inner=lookahead(inner=adam, k=2), alpha=linear(initial=0.8, final=0.3))");
  return all;
}
INSTANTIATE_TEST_SUITE_P(Catalog, OptimizerContract, testing::ValuesIn(contracted()), name_of);

// Several chunks of the update loop, and blocks that end inside a vector register.
ParameterLayout large_layout() {
  ParameterLayout layout;
  layout.add("weight", 217, 331, BlockKind::kWeight);
  layout.add("bias", 1, 331, BlockKind::kBias);
  layout.add("gain", 1, 3, BlockKind::kGain);
  return layout;
}

// Random curvatures in [0.5, 1.5] and centres; zero in the padding.
Quadratic quadratic(const ParameterLayout& layout) {
  RandomStream random(1, Purpose::kTest);
  Quadratic q;
  q.curvature.assign(layout.size(), 0);
  q.centre.assign(layout.size(), 0);
  for (const Block& block : layout.blocks()) {
    for (Real& h : block.of(std::span(q.curvature)))
      h = static_cast<Real>(random.uniform(0.5, 1.5));
    for (Real& c : block.of(std::span(q.centre))) c = static_cast<Real>(random.normal());
  }
  return q;
}

// An average with a memory of its own, whatever the budget.
bool is_slow(const std::string& text) { return text.find("gpa") != std::string::npos; }
// Its slow mean remembers ten times as many gradients as there are, and still swings.
double least_descent(const std::string& text) {
  return text.find("ademamix") != std::string::npos ? 1e-2 : 1e-3;
}
// Two gradients a step.
bool is_sharpness_aware(const std::string& text) { return text.find("sam") != std::string::npos; }
// What depends on a block as a whole gives an element of another block other bits.
bool is_by_block(const std::string& text) {
  for (const char* name : {"lamb", "adafactor", "mars", "centralize"})
    if (text.find(name) != std::string::npos) return true;
  return text.find("lars") != std::string::npos;
}

void run(Optimizer& optimizer, const Quadratic& q, std::span<Real> theta, std::int64_t first,
         std::int64_t last, double learning_rate = 0.01) {
  FunctionObjective objective = q.objective();
  for (std::int64_t t = first; t <= last; ++t)
    optimizer.step({t, learning_rate, last}, objective, theta);
}

bool same_bits(std::span<const Real> a, std::span<const Real> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

TEST_P(OptimizerContract, DescendsOnAConvexProblem) {
  const ParameterLayout layout = test::one_block(37);
  const Quadratic q = quadratic(layout);
  double best = 1;
  for (double rate : {1.0, 0.1, 0.01, 0.001}) {
    std::vector<Real> theta(layout.size(), 0);
    const double start = q(theta, {});
    run(*make(layout), q, theta, 1, is_slow(GetParam()) ? 3000 : 1000, rate);
    const double loss = q(theta, {});
    if (rate <= 0.01) {
      EXPECT_LT(loss, start) << "at learning rate " << rate;
    }
    best = std::min(best, loss / start);
  }
  EXPECT_LT(best, least_descent(GetParam()));
}

// A unit that dies leaves averages that decay for ever. Operations on subnormal numbers are slow.
TEST_P(OptimizerContract, StatesBecomeZeroInsteadOfSubnormal) {
  const ParameterLayout layout = test::one_block(3);
  const auto optimizer = make(layout);
  FunctionObjective objective(
      [calls = 0](auto, auto gradient) mutable {
        std::ranges::fill(gradient, calls++ == 0 ? Real{1e-3F} : Real{0});
        return 0.0;
      },
      [](auto, auto, auto product) { std::ranges::fill(product, Real{0}); });
  std::vector<Real> theta(layout.size(), 1);
  constexpr std::int64_t kSteps = sizeof(Real) == 4 ? 1'500 : 9'000;
  for (std::int64_t t = 1; t <= kSteps; ++t) optimizer->step({t, 1e-4, kSteps}, objective, theta);
  test::StateSaver state;
  optimizer->visit_state(state);
  for (const auto& values : state.real_values)
    for (const Real value : values) EXPECT_NE(std::fpclassify(value), FP_SUBNORMAL) << value;
}

TEST_P(OptimizerContract, ReturnsTheLossItSawAndKeepsItsGradient) {
  const ParameterLayout layout = large_layout();
  const Quadratic q = quadratic(layout);
  std::vector<Real> theta(layout.size(), 0), gradient(layout.size());
  const double loss = q(theta, gradient);
  FunctionObjective objective = q.objective();
  const auto optimizer = make(layout);
  EXPECT_EQ(optimizer->step({1, 0.01, 10}, objective, theta), loss);
  EXPECT_EQ(objective.counts().gradients, is_sharpness_aware(GetParam()) ? 2 : 1);
  if (!is_sharpness_aware(GetParam())) {
    EXPECT_TRUE(same_bits(optimizer->last_gradient(), gradient));
  }
  EXPECT_EQ(objective.counts().losses, 0);
}

TEST_P(OptimizerContract, ZeroGradientsStayFinite) {
  const ParameterLayout layout = large_layout();
  FunctionObjective flat(
      [](auto, auto gradient) {
        std::fill(gradient.begin(), gradient.end(), Real{0});
        return 0.0;
      },
      [](auto, auto, auto product) { std::fill(product.begin(), product.end(), Real{0}); });
  std::vector<Real> theta(layout.size(), 1);
  const auto optimizer = make(layout);
  for (std::int64_t t = 1; t <= 20; ++t) optimizer->step({t, 0.1, 20}, flat, theta);
  EXPECT_TRUE(std::all_of(theta.begin(), theta.end(), [](Real x) { return std::isfinite(x); }));
}

TEST_P(OptimizerContract, HasTheSameBitsForAnyThreads) {
  const ParameterLayout layout = large_layout();
  const Quadratic q = quadratic(layout);
  std::vector<Real> one(layout.size(), 0);
  run(*make(layout, {1}), q, one, 1, 5);
  for (int threads : {2, 3, 4}) {
    std::vector<Real> many(layout.size(), 0);
    run(*make(layout, {threads}), q, many, 1, 5);
    EXPECT_TRUE(same_bits(one, many)) << threads << " threads";
  }
}

TEST_P(OptimizerContract, HasTheSameBitsAtAnyAddress) {
  const ParameterLayout layout = large_layout();
  const Quadratic q = quadratic(layout);
  AlignedVector<Real> aligned(layout.size(), 0);
  run(*make(layout), q, aligned, 1, 5);
  for (std::size_t shift : {1, 3, 7}) {
    AlignedVector<Real> buffer(layout.size() + shift, 0);
    const auto shifted = std::span(buffer).subspan(shift);
    run(*make(layout), q, shifted, 1, 5);
    EXPECT_TRUE(same_bits(aligned, shifted)) << "shifted by " << shift;
  }
}

// An element's bits must not depend on its place: vector body, vector tail or another block.
TEST_P(OptimizerContract, TreatsEveryPlaceAlike) {
  for (const char* by_block : {"psgd_kron", "scion", "shampoo", "soap"})
    if (GetParam().find(by_block) != std::string::npos) return;
  const ParameterLayout layout = large_layout();
  Quadratic q = quadratic(layout);
  for (const Block& block : layout.blocks()) {
    for (Real& h : block.of(std::span(q.curvature))) h = static_cast<Real>(0.7);
    for (Real& c : block.of(std::span(q.centre))) c = static_cast<Real>(0.3);
  }
  std::vector<Real> theta(layout.size(), 0);
  run(*make(layout), q, theta, 1, 20);
  const Real first = theta[0];
  EXPECT_NE(first, Real{0});
  if (is_by_block(GetParam())) return;
  for (const Block& block : layout.blocks())
    for (Real x : block.of(std::span(theta))) ASSERT_EQ(x, first) << block.name;
}

TEST_P(OptimizerContract, ContinuesFromSavedState) {
  const ParameterLayout layout = large_layout();
  const Quadratic q = quadratic(layout);
  const auto original = make(layout);
  std::vector<Real> theta(layout.size(), 0);
  run(*original, q, theta, 1, 7);
  test::StateSaver saved;
  original->visit_state(saved);
  std::vector<Real> copy = theta;
  run(*original, q, theta, 8, 12);

  const auto restored = make(layout);
  test::StateLoader loader(saved);
  restored->visit_state(loader);
  run(*restored, q, copy, 8, 12);
  EXPECT_TRUE(same_bits(theta, copy));
}

TEST_P(OptimizerContract, ResetForgetsTheState) {
  const ParameterLayout layout = large_layout();
  const Quadratic q = quadratic(layout);
  const auto optimizer = make(layout);
  std::vector<Real> first(layout.size(), 0), second(layout.size(), 0);
  run(*optimizer, q, first, 1, 5);
  optimizer->reset(layout, second);
  run(*optimizer, q, second, 1, 5);
  EXPECT_TRUE(same_bits(first, second));
}

TEST_P(OptimizerContract, PaddingStaysZero) {
  const ParameterLayout layout = large_layout();
  Quadratic q = quadratic(layout);
  const auto optimizer = make(layout);
  std::vector<Real> theta(layout.size(), 0), inside(layout.size(), 0);
  // Were the padding part of the update, this gradient would move it.
  FunctionObjective objective([&](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{1});
    return 0.0;
  });
  for (std::int64_t t = 1; t <= 5; ++t) optimizer->step({t, 0.1, 5}, objective, theta);
  for (const Block& block : layout.blocks())
    for (Real& x : block.of(std::span(inside))) x = 1;
  test::StateSaver state;
  optimizer->visit_state(state);
  state.real_values.push_back(theta);
  for (const auto& values : state.real_values)
    for (std::size_t i = 0; values.size() == theta.size() && i < values.size(); ++i)
      if (inside[i] == 0) {
        ASSERT_EQ(values[i], Real{0}) << "at " << i;
      }
}

TEST_P(OptimizerContract, StepDoesNotAllocate) {
  if (GetParam().find("shampoo") != std::string::npos) return;  // where it computes roots
  const ParameterLayout layout = large_layout();
  const Quadratic q = quadratic(layout);
  FunctionObjective objective = q.objective();
  std::vector<Real> theta(layout.size(), 0);
  const auto optimizer = make(layout);
  const std::int64_t before = test::allocation_count();
  for (std::int64_t t = 1; t <= 3; ++t) optimizer->step({t, 0.01, 3}, objective, theta);
  EXPECT_EQ(test::allocation_count(), before);
}

TEST_P(OptimizerContract, CanonicalTextReadsBackAsItself) {
  const std::string text = optimizer_catalog().canonical(GetParam());
  EXPECT_EQ(optimizer_catalog().canonical(text), text);
  const ParameterLayout layout = large_layout();
  const Quadratic q = quadratic(layout);
  std::vector<Real> a(layout.size(), 0), b(layout.size(), 0);
  run(*make(layout), q, a, 1, 3);
  run(*make_optimizer(text, layout), q, b, 1, 3);
  EXPECT_TRUE(same_bits(a, b));
}

TEST(OptimizerCatalog, EveryRowIsDocumented) {
  for (const auto& entry : optimizer_catalog().entries()) {
    EXPECT_FALSE(entry.summary.empty()) << entry.name;
    EXPECT_FALSE(entry.citation.empty()) << entry.name;
    for (const FieldDoc& field : entry.fields)
      EXPECT_FALSE(field.meaning.empty()) << entry.name << " " << field.key;
  }
}

}  // namespace
}  // namespace ravine
