// Rules that need a block as a whole, and rules that sum over everything: what a LAMB and a Muon
// stand on.
#include "ravine/optim/blockwise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "optim/support.hpp"
#include "ravine/core/random.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/block_sums.hpp"

namespace ravine {
namespace {

/// You et al. (2020), LAMB without bias correction:  m <- b1 m + (1 - b1) g,
/// v <- b2 v + (1 - b2) g^2,  u = m / (sqrt v + d) + lambda theta,
/// theta <- theta - eps min(|theta|, 10) / |u| u  by block.
struct BlockNorms {
  static constexpr std::string_view kName = "block_norms";
  static constexpr std::array<std::string_view, 2> kState = {"m", "v"};
  static constexpr std::size_t kScratch = 1;
  double decay = 0.1;

  template <class F>
  void fields(F&& field) {
    field("decay", decay, "[0, inf)", "lambda");
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const auto theta = work.theta.elements();
    const auto g = work.gradient.elements();
    const auto m = work.state[0].elements(), v = work.state[1].elements();
    const auto u = work.scratch[0].elements();
    parallel_chunks(work.threads, theta.size(), 4096, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        m[i] = Real(0.9) * m[i] + Real(0.1) * g[i];
        v[i] = Real(0.99) * v[i] + Real(0.01) * (g[i] * g[i]);
        u[i] = m[i] / (std::sqrt(v[i]) + Real(1e-6)) + Real(decay) * theta[i];
      }
    });
    const double length = std::sqrt(squared_norm(work.threads, u));
    const double weight = std::sqrt(squared_norm(work.threads, theta));
    const Real rate = length > 0 && weight > 0
                          ? Real(info.learning_rate * std::min(weight, 10.0) / length)
                          : Real(info.learning_rate);
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= rate * u[i];
  }
};

/// A state and a scratch matrix of other shapes than the block's: L <- L + G G', theta <- theta -
/// eps L G, L = I at the start.
struct LeftGram {
  static constexpr std::string_view kName = "left_gram";
  static constexpr std::array<std::string_view, 1> kState = {"l"};
  static constexpr std::size_t kScratch = 1;

  template <class F>
  void fields(F&&) {}
  MatrixShape state_shape(std::size_t, const Block& block) const {
    return {block.rows, block.rows};
  }
  template <class Work>
  void start(const Work& work) const {
    for (std::size_t i = 0; i < work.block.rows; ++i) work.state[0](i, i) = 1;
  }
  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    add_product_transposed(work.threads, work.gradient, work.gradient, work.state[0]);
    std::ranges::fill(work.scratch[0].elements(), Real{0});
    add_product(work.threads, work.state[0], work.gradient, work.scratch[0]);
    const auto theta = work.theta.elements(), move = work.scratch[0].elements();
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= Real(info.learning_rate) * move[i];
  }
};

ParameterLayout two_blocks() {
  ParameterLayout layout;
  layout.add("weight", 113, 97, BlockKind::kWeight);
  layout.add("bias", 1, 97, BlockKind::kBias);
  return layout;
}

std::vector<Real> random_point(const ParameterLayout& layout, std::uint64_t seed) {
  RandomStream random(seed, Purpose::kTest);
  std::vector<Real> values(layout.size(), 0);
  for (const Block& block : layout.blocks())
    for (Real& x : block.of(std::span(values))) x = static_cast<Real>(random.normal());
  return values;
}

/// Random gradients that depend on the step alone.
class Gradients final : public Objective {
 public:
  explicit Gradients(const ParameterLayout& layout) : layout_(layout) {}
  std::uint64_t seed = 0;

 private:
  double do_evaluate(std::span<const Real>, std::span<Real> gradient) override {
    const auto values = random_point(layout_, seed);
    std::ranges::copy(values, gradient.begin());
    return 0;
  }
  ParameterLayout layout_;
};

template <class Rule>
std::vector<Real> after(int steps, Threads threads, std::vector<Real>* early = nullptr) {
  const ParameterLayout layout = two_blocks();
  std::vector<Real> theta = random_point(layout, 1);
  Blockwise<Rule> optimizer{Rule{}};
  optimizer.reset(layout, theta, threads);
  Gradients gradients(layout);
  for (int t = 1; t <= steps; ++t) {
    gradients.seed = 100 + static_cast<std::uint64_t>(t);
    if (early && t == steps) *early = theta;
    optimizer.step({t, 0.01, steps}, gradients, theta);
  }
  return theta;
}

TEST(Blockwise, StepsOfBlockNormsHaveTheLengthOfTheBlock) {
  std::vector<Real> before;
  const auto theta = after<BlockNorms>(5, {}, &before);
  const ParameterLayout layout = two_blocks();
  for (const Block& block : layout.blocks()) {
    const auto from = block.of(std::span<const Real>(before));
    const auto to = block.of(std::span<const Real>(theta));
    const double length = std::sqrt(squared_distance({}, from, to));
    const double weight = std::min(10.0, std::sqrt(squared_norm({}, from)));
    EXPECT_NEAR(length, 0.01 * weight, 1e-6 * weight) << block.name;
  }
}

TEST(Blockwise, MatricesAreThoseOfTheBlock) {
  const ParameterLayout layout = two_blocks();
  const auto theta = after<LeftGram>(2, {});
  const auto start = random_point(layout, 1), g1 = random_point(layout, 101),
             g2 = random_point(layout, 102);
  for (const Block& block : layout.blocks()) {
    const std::size_t rows = block.rows, cols = block.cols;
    const auto at = [&](const std::vector<Real>& x, std::size_t i, std::size_t j) {
      return double{x[block.offset + i * cols + j]};
    };
    std::vector<std::vector<double>> l(rows, std::vector<double>(rows));
    std::vector<std::vector<double>> moved(rows, std::vector<double>(cols));
    for (std::size_t i = 0; i < rows; ++i) l[i][i] = 1;
    for (const auto* g : {&g1, &g2}) {
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < rows; ++j)
          for (std::size_t k = 0; k < cols; ++k) l[i][j] += at(*g, i, k) * at(*g, j, k);
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < cols; ++j)
          for (std::size_t k = 0; k < rows; ++k) moved[i][j] += 0.01 * l[i][k] * at(*g, k, j);
    }
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < cols; ++j)
        ASSERT_NEAR(at(theta, i, j), at(start, i, j) - moved[i][j],
                    sizeof(Real) == 4 ? 1e-3 : 1e-11)
            << block.name << " " << i << " " << j;
  }
}

template <class Rule>
class BlockRule : public testing::Test {};
using BlockRules = testing::Types<BlockNorms, LeftGram>;
TYPED_TEST_SUITE(BlockRule, BlockRules);

TYPED_TEST(BlockRule, HasTheSameBitsForAnyThreads) {
  const auto one = after<TypeParam>(3, {1});
  for (const int threads : {2, 3, 4}) EXPECT_EQ(one, after<TypeParam>(3, {threads})) << threads;
}

TYPED_TEST(BlockRule, ContinuesFromSavedState) {
  const ParameterLayout layout = two_blocks();
  std::vector<Real> theta = random_point(layout, 1);
  Blockwise<TypeParam> original{TypeParam{}}, restored{TypeParam{}};
  original.reset(layout, theta, {});
  restored.reset(layout, theta, {});
  Gradients gradients(layout);
  original.step({1, 0.01, 2}, gradients, theta);
  test::StateSaver saved;
  original.visit_state(saved);
  test::StateLoader loader(saved);
  restored.visit_state(loader);
  std::vector<Real> copy = theta;
  original.step({2, 0.01, 2}, gradients, theta);
  restored.step({2, 0.01, 2}, gradients, copy);
  EXPECT_EQ(theta, copy);
}

TYPED_TEST(BlockRule, StepDoesNotAllocate) {
  const ParameterLayout layout = two_blocks();
  std::vector<Real> theta = random_point(layout, 1);
  Blockwise<TypeParam> optimizer{TypeParam{}};
  optimizer.reset(layout, theta, {});
  test::FunctionObjective slope([](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{1});
    return 0.0;
  });
  optimizer.step({1, 0.01, 3}, slope, theta);
  const std::int64_t before = test::allocation_count();
  optimizer.step({2, 0.01, 3}, slope, theta);
  EXPECT_EQ(test::allocation_count(), before);
}

// Sums over a part leave the rest of the vector out.
TEST(BlockSums, CoverTheBlocksOfTheLayoutOnly) {
  const ParameterLayout layout = two_blocks();
  const auto x = random_point(layout, 1), y = random_point(layout, 2);
  const auto part = layout.only([](const Block& block) { return block.kind == BlockKind::kBias; });
  double expected_dot = 0, expected_square = 0;
  const Block& bias = layout.block("bias");
  for (std::size_t i = bias.offset; i < bias.offset + bias.size(); ++i) {
    expected_dot += double{x[i]} * double{y[i]};
    expected_square += double{x[i]} * double{x[i]};
  }
  EXPECT_NEAR(block_dot({}, part, x, y), expected_dot, 1e-9);
  EXPECT_NEAR(block_squared_norm({2}, part, x), expected_square, 1e-9);
  EXPECT_GT(block_squared_norm({}, layout, x), 10 * expected_square);
}

}  // namespace
}  // namespace ravine
