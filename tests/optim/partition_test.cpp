// Parts of the vector, and optimizers side by side on them.
#include "ravine/optim/partition.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "optim/support.hpp"
#include "ravine/core/random.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

bool is_weight(const Block& block) { return block.kind == BlockKind::kWeight; }
bool is_other(const Block& block) { return !is_weight(block); }

ParameterLayout network_layout() {
  ParameterLayout layout;
  layout.add("dense0/weight", 31, 217, BlockKind::kWeight);
  layout.add("dense0/bias", 1, 217, BlockKind::kBias);
  layout.add("norm/gain", 1, 7, BlockKind::kGain);
  layout.add("dense1/weight", 217, 3, BlockKind::kWeight);
  return layout;
}

std::vector<Real> start_of(const ParameterLayout& layout) {
  RandomStream random(1, Purpose::kTest);
  std::vector<Real> theta(layout.size(), 0);
  for (const Block& block : layout.blocks())
    for (Real& x : block.of(std::span(theta))) x = static_cast<Real>(random.normal());
  return theta;
}

// Coupled, so that a gradient at another point has other bits everywhere.
double coupled(std::span<const Real> theta, std::span<Real> gradient) {
  const ParameterLayout layout = network_layout();
  double sum = 0;
  for (const Block& block : layout.blocks())
    for (const Real x : block.of(theta)) sum += double{x};
  for (const Block& block : layout.blocks())
    for (std::size_t i = block.offset; i < block.offset + block.size(); ++i)
      gradient[i] = static_cast<Real>(double{theta[i]} - 0.5 + 1e-4 * sum);
  return sum;
}

void run(Optimizer& optimizer, std::span<Real> theta, std::int64_t first, std::int64_t last) {
  test::FunctionObjective objective(coupled);
  for (std::int64_t t = first; t <= last; ++t) optimizer.step({t, 0.01, last}, objective, theta);
}

std::unique_ptr<Partition> split(const std::string& weights, const std::string& rest) {
  std::vector<Partition::Part> parts;
  parts.push_back({"weights", is_weight, optimizer_catalog().make(weights)});
  parts.push_back({"rest", [](const Block&) { return true; }, optimizer_catalog().make(rest)});
  return std::make_unique<Partition>(std::move(parts));
}

TEST(ParameterLayoutParts, KeepOffsetsAndTheLengthOfTheWhole) {
  const ParameterLayout layout = network_layout();
  const ParameterLayout part = layout.only(is_weight);
  EXPECT_EQ(part.size(), layout.size());
  ASSERT_EQ(part.blocks().size(), 2u);
  EXPECT_EQ(part.block("dense1/weight").offset, layout.block("dense1/weight").offset);
  EXPECT_EQ(part.parameter_count(), 31u * 217 + 217 * 3);
  EXPECT_EQ(layout.only([](const Block&) { return false; }).parameter_count(), 0u);
}

class EveryRule : public testing::TestWithParam<std::string> {};
// Wrappers go around a partition.
std::vector<std::string> rules() {
  auto names = first_order_catalog().names();
  std::erase(names, "lookahead");
  return names;
}
INSTANTIATE_TEST_SUITE_P(Catalog, EveryRule, testing::ValuesIn(rules()),
                         [](const auto& rule) { return rule.param; });

// Rules that sum over everything do so over their part; others need more than a gradient.
bool belongs_to_the_whole(const std::string& name) {
  for (const char* other :
       {"clip", "dadapt_adam", "dadapt_sgd", "prodigy", "sam", "asam", "sophia"})
    if (name == other) return true;
  return false;
}

// A rule on two complementary parts is the rule on the whole.
TEST_P(EveryRule, OnTwoPartsHasTheBitsOfTheWhole) {
  if (belongs_to_the_whole(GetParam())) return;
  const ParameterLayout layout = network_layout();
  const auto start = start_of(layout);
  auto whole = start, parts = start;
  const auto one = test::make_optimizer(GetParam(), layout, start);
  const auto a = test::make_optimizer(GetParam(), layout.only(is_weight), start);
  const auto b = test::make_optimizer(GetParam(), layout.only(is_other), start);
  test::FunctionObjective alone([](auto theta, auto gradient) {
    for (std::size_t i = 0; i < theta.size(); ++i) gradient[i] = theta[i] - Real(0.5);
    return 0.0;
  });
  for (std::int64_t t = 1; t <= 12; ++t) {
    one->step({t, 0.01, 12}, alone, whole);
    a->step({t, 0.01, 12}, alone, parts);
    b->step({t, 0.01, 12}, alone, parts);
  }
  EXPECT_NE(whole, start);
  EXPECT_EQ(whole, parts);
}

TEST_P(EveryRule, InBothPartsOfAPartitionHasTheBitsOfTheRuleAlone) {
  if (belongs_to_the_whole(GetParam())) return;
  const ParameterLayout layout = network_layout();
  const auto start = start_of(layout);
  auto alone = start, both = start;
  run(*test::make_optimizer(GetParam(), layout, start), alone, 1, 12);
  const auto partition = split(GetParam(), GetParam());
  partition->reset(layout, start, {3});
  run(*partition, both, 1, 12);
  EXPECT_NE(alone, start);
  EXPECT_EQ(alone, both);
}

TEST_P(EveryRule, StartsFromThetaWhateverTheNumberOfTheFirstStep) {
  const ParameterLayout layout = network_layout();
  auto theta = start_of(layout);
  const auto start = theta;
  const auto optimizer = test::make_optimizer(GetParam(), layout, theta);
  // Without a gradient nothing moves, except where weights decay.
  test::FunctionObjective flat([](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{0});
    return 0.0;
  });
  optimizer->step({15, 0, 20}, flat, theta);
  EXPECT_EQ(theta, start);
}

TEST(Partition, EvaluatesOneGradientWhereEachPartWantsIt) {
  const ParameterLayout layout = network_layout();
  const auto start = start_of(layout);
  auto theta = start;
  const auto partition = split("nesterov", "sgd");
  partition->reset(layout, theta, {});
  std::vector<std::vector<Real>> points;
  test::FunctionObjective objective([&](auto at, auto gradient) {
    points.emplace_back(at.begin(), at.end());
    return coupled(at, gradient);
  });
  partition->step({1, 0.01, 2}, objective, theta);
  const auto before = theta;
  partition->step({2, 0.01, 2}, objective, theta);
  EXPECT_EQ(objective.counts().gradients, 2);
  ASSERT_EQ(points.size(), 2u);
  for (const Block& block : layout.blocks())
    for (std::size_t i = block.offset; i < block.offset + block.size(); ++i) {
      const Real v = before[i] - start[i];  // up to rounding
      const double expected = is_weight(block) ? double{before[i]} + 0.9 * double{v} : before[i];
      ASSERT_NEAR(points[1][i], expected, 1e-6) << block.name;
      if (!is_weight(block)) {
        ASSERT_EQ(points[1][i], before[i]) << block.name;
      }
    }
}

TEST(Partition, GivesEachBlockToItsPart) {
  const ParameterLayout layout = network_layout();
  const auto start = start_of(layout);
  auto mixed = start;
  test::FunctionObjective alone([](auto theta, auto gradient) {
    for (std::size_t i = 0; i < theta.size(); ++i) gradient[i] = theta[i] - Real(0.5);
    return 0.0;
  });
  const auto partition = split("momentum", "adam");
  partition->reset(layout, start, {});
  auto momentum = start, adam = start;
  const auto first = test::make_optimizer("momentum", layout, start);
  const auto second = test::make_optimizer("adam", layout, start);
  for (std::int64_t t = 1; t <= 5; ++t) {
    partition->step({t, 0.01, 5}, alone, mixed);
    first->step({t, 0.01, 5}, alone, momentum);
    second->step({t, 0.01, 5}, alone, adam);
  }
  for (const Block& block : layout.blocks()) {
    const auto& expected = is_weight(block) ? momentum : adam;
    for (std::size_t i = block.offset; i < block.offset + block.size(); ++i)
      ASSERT_EQ(mixed[i], expected[i]) << block.name;
  }
}

TEST(Partition, ContinuesFromSavedStateWithoutAllocating) {
  const ParameterLayout layout = network_layout();
  auto theta = start_of(layout);
  const auto original = split("schedule_free", "momentum(beta=sutskever)");
  const auto restored = split("schedule_free", "momentum(beta=sutskever)");
  original->reset(layout, theta, {});
  restored->reset(layout, theta, {});
  run(*original, theta, 1, 4);
  test::StateSaver saved;
  original->visit_state(saved);
  test::StateLoader loader(saved);
  restored->visit_state(loader);
  auto copy = theta;
  run(*original, theta, 5, 8);
  run(*restored, copy, 5, 8);
  EXPECT_EQ(theta, copy);
  EXPECT_TRUE(original->answer_is_average());

  test::FunctionObjective flat([](auto, auto) { return 0.0; });
  const std::int64_t before = test::allocation_count();
  original->step({9, 0.01, 9}, flat, theta);
  EXPECT_EQ(test::allocation_count(), before);
}

TEST(Partition, RefusesWhatNeedsTheWholeVectorAndBlocksOfNobody) {
  for (const char* whole : {"lbfgs", "hessian_free", "lookahead"})
    EXPECT_EQ(
        refusal_of([&] { split(whole, "adam"); }),
        "partition(weights) contains an optimizer that does not make one update from one gradient: "
        "use a rule such as sgd, momentum or adam, or put wrappers around the partition");
  std::vector<Partition::Part> parts;
  parts.push_back({"weights", is_weight, optimizer_catalog().make("sgd")});
  Partition partition(std::move(parts));
  const ParameterLayout layout = network_layout();
  EXPECT_EQ(refusal_of([&] { partition.reset(layout, start_of(layout), {}); }),
            "partition leaves the block 'dense0/bias' without an optimizer: add rest=");
}

ParameterLayout every_kind() {
  ParameterLayout layout;
  for (const auto& [name, kind] :
       std::vector<std::pair<const char*, BlockKind>>{{"embedding", BlockKind::kEmbedding},
                                                      {"conv/kernel", BlockKind::kKernel},
                                                      {"dense0/weight", BlockKind::kWeight},
                                                      {"dense0/bias", BlockKind::kBias},
                                                      {"norm/gain", BlockKind::kGain},
                                                      {"dense1/weight", BlockKind::kOutput}})
    layout.add(name, 2, 3, kind);
  return layout;
}

// Which blocks moved after one step in which only one part has a rate: sgd with a decay elsewhere
// would move them, too.
std::string moved_by(const std::string& part, const std::string& others) {
  const ParameterLayout layout = every_kind();
  std::vector<Real> theta(layout.size(), 0);
  const std::string text = "partition(" + part + "=sgd" + others + ")";
  const auto optimizer = test::make_optimizer(text, layout, theta);
  test::FunctionObjective slope([](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{1});
    return 0.0;
  });
  optimizer->step({1, 0.25, 1}, slope, theta);
  std::string moved;
  for (const Block& block : layout.blocks())
    if (theta[block.offset] == Real(-0.25)) moved += block.name + " ";  // adam moves by less
  return moved;
}

TEST(Partition, PartsAreNamedAfterWhatBlocksAre) {
  const std::string rest = ", rest=adam(epsilon=1)";
  EXPECT_EQ(moved_by("output", rest), "dense1/weight ");
  EXPECT_EQ(moved_by("kernels", rest), "conv/kernel ");
  EXPECT_EQ(moved_by("embeddings", rest), "embedding ");
  EXPECT_EQ(moved_by("hidden", rest), "conv/kernel dense0/weight ");
  EXPECT_EQ(moved_by("weights", rest), "dense0/weight dense1/weight ");
  EXPECT_EQ(moved_by("gains", rest), "norm/gain ");
  EXPECT_EQ(moved_by("biases", rest), "dense0/bias ");
  EXPECT_EQ(moved_by("rest", ", weights=adam(epsilon=1)"),
            "embedding conv/kernel dense0/bias norm/gain ");
  // The first part that takes a block has it.
  EXPECT_EQ(moved_by("weights", ", hidden=adam(epsilon=1), rest=adam(epsilon=1)"),
            "dense1/weight ");
}

TEST(Partition, HasATextThatReadsBack) {
  const std::string text =
      optimizer_catalog().canonical("partition(weights=momentum(beta=sutskever), rest=lion)");
  EXPECT_EQ(optimizer_catalog().canonical(text), text);
  EXPECT_NE(text.find("output=none"), std::string::npos) << text;
  EXPECT_NE(text.find("beta=sutskever(max=0.99, period=250)"), std::string::npos) << text;
  EXPECT_NE(refusal_of([] {
              optimizer_catalog().make("partition(rest=none)");
            }).find("unknown optimizer 'none'"),
            std::string::npos);
  EXPECT_NE(refusal_of([] {
              optimizer_catalog().make("partition(weigths=sgd)");
            }).find("did you mean 'weights'?"),
            std::string::npos);
}

// Constants by block: what layer-wise rates stand on.
struct BiasesFaster {
  static constexpr std::string_view kName = "biases_faster";
  static constexpr std::array<std::string_view, 0> kState = {};
  template <class F>
  void fields(F&&) {}
  auto at(const StepInfo& info, const Block& block) const {
    const Real eps = Real(info.learning_rate * (block.kind == BlockKind::kBias ? 2 : 1));
    return [=](Real theta, Real g) { return theta - eps * g; };
  }
};

TEST(Elementwise, TakesConstantsByBlock) {
  const ParameterLayout layout = network_layout();
  std::vector<Real> theta(layout.size(), 0);
  Elementwise<BiasesFaster> optimizer{BiasesFaster{}};
  optimizer.reset(layout, theta, {});
  test::FunctionObjective slope([](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{1});
    return 0.0;
  });
  optimizer.step({1, 0.25, 1}, slope, theta);
  for (const Block& block : layout.blocks())
    for (const Real x : block.of(std::span(theta)))
      ASSERT_EQ(x, Real(block.kind == BlockKind::kBias ? -0.5 : -0.25)) << block.name;
}

}  // namespace
}  // namespace ravine
