#include "ravine/nn/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "nn/network_objective.hpp"
#include "ravine/nn/layers/activation.hpp"

namespace ravine {
namespace {

TestNetwork small(BatchNormPlacement batch_norm = BatchNormPlacement::kOff) {
  return {20, "norm 2*(dense(30) norm tanh) dense", 10, batch_norm};
}

TEST(Network, NamesItsBlocks) {
  const Network network = small(BatchNormPlacement::kInputAndHidden).make();
  std::vector<std::string> names;
  for (const Block& block : network.layout().blocks()) names.push_back(block.name);
  EXPECT_EQ(names, (std::vector<std::string>{
                       "batch_norm0/gain", "batch_norm0/bias", "dense0/weight", "batch_norm1/gain",
                       "batch_norm1/bias", "dense1/weight", "batch_norm2/gain", "batch_norm2/bias",
                       "dense2/weight", "dense2/bias"}));
  EXPECT_EQ(network.layout().block("dense2/weight").rows, 30u);
  EXPECT_EQ(network.statistics_size(), 2u * (20 + 30 + 30));
}

TEST(Network, CountsItsOperations) {
  // Forward, dW and dX of every product but the first dX, two operations each.
  const double expected = 2 * (3.0 * (20 * 30 + 30 * 30 + 30 * 10) - 20 * 30);
  EXPECT_EQ(small().make().flops_per_example(), expected);
}

// Trials that differ in batch normalization start from the same weights.
TEST(Network, InitialWeightsDoNotDependOnBatchNormalization) {
  const Network plain = small().make();
  const Network normalized = small(BatchNormPlacement::kInputAndHidden).make();
  const auto initializer = initializer_catalog().make("he");
  AlignedVector<Real> a(plain.layout().size()), b(normalized.layout().size());
  plain.initialize(*initializer, 4, a);
  normalized.initialize(*initializer, 4, b);
  for (const char* name : {"dense0/weight", "dense1/weight", "dense2/weight"}) {
    const auto first = plain.layout().block(name).of(std::span<const Real>(a));
    const auto second = normalized.layout().block(name).of(std::span<const Real>(b));
    EXPECT_TRUE(std::ranges::equal(first, second)) << name;
  }
  EXPECT_EQ(b[normalized.layout().block("batch_norm1/gain").offset], 1);
}

TEST(Network, SameBitsForAnyThreads) {
  const TestNetwork net(300,
                        "dense(500) norm relu dropout(0.25) residual(dense(500) norm sigmoid "
                        "dropout(0.25)) dense",
                        10, BatchNormPlacement::kHidden);
  NetworkObjective one(net, "softmax", 128);
  const std::vector<Real> gradient = one.gradient();
  const double loss = one.evaluate(one.theta, {});
  for (int threads : {2, 3, 4}) {
    NetworkObjective many(net, "softmax", 128, {threads});
    EXPECT_EQ(many.gradient(), gradient);
    EXPECT_EQ(many.evaluate(many.theta, {}), loss);
  }
}

// The quiz of the lecture (L28): equal units get equal gradients and stay equal for ever.
TEST(Network, ConstantInitializationNeverBreaksTheSymmetry) {
  NetworkObjective objective(small(), "softmax", 16);
  objective.network.initialize(*initializer_catalog().make("constant(value=0.1)"), 1,
                               objective.theta);
  const Block weight = objective.network.layout().block("dense0/weight");
  const auto start = objective.theta;
  for (int step = 0; step < 50; ++step) {
    const std::vector<Real> g = objective.gradient();
    for (std::size_t i = 0; i < g.size(); ++i) objective.theta[i] -= Real(0.5) * g[i];
  }
  EXPECT_NE(objective.theta[weight.offset], start[weight.offset]);
  const double tolerance = 100 * std::numeric_limits<Real>::epsilon();
  for (std::size_t i = 0; i < weight.rows; ++i)
    for (std::size_t j = 1; j < weight.cols; ++j)
      ASSERT_NEAR(objective.theta[weight.offset + i * weight.cols + j],
                  objective.theta[weight.offset + i * weight.cols], tolerance);
}

TEST(Network, DropoutMasksDependOnStepAndSeedOnly) {
  NetworkObjective objective({20, "2*(dense(30) tanh dropout(0.5)) dense", 10}, "softmax", 64);
  const double first = objective.evaluate(objective.theta, {});
  EXPECT_EQ(objective.evaluate(objective.theta, {}), first);
  objective.pass.step = 6;
  EXPECT_NE(objective.evaluate(objective.theta, {}), first);
  objective.pass.step = 5;
  objective.pass.seed = 4;
  EXPECT_NE(objective.evaluate(objective.theta, {}), first);
  objective.pass.seed = 3;
  EXPECT_EQ(objective.evaluate(objective.theta, {}), first);
}

TEST(Network, DropoutKeepsTheMean) {
  const Real p = Real(0.3);
  NetworkObjective objective({100, "dense(400) dropout(0.3) dense", 1}, "squared", 200);
  const Input x{.dense = objective.inputs.view()};
  objective.network.forward(objective.pass, objective.theta, x, objective.workspace, 2);
  const auto before = objective.workspace.state(objective.network.steps()[1], x).x.dense.elements();
  const auto after = objective.workspace.state(objective.network.steps()[1], x).y.elements();
  double kept = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (after[i] == 0) continue;
    ++kept;
    ASSERT_NEAR(after[i], before[i] / (1 - p), 1e-5 * (1 + std::fabs(before[i])));
  }
  // 80 000 elements: standard error 0.0016.
  EXPECT_NEAR(kept / double(before.size()), 0.7, 0.008);
}

TEST(Network, SparseInputsGiveTheSameGradient) {
  NetworkObjective objective(small(), "softmax", 16);
  // Three entries per row.
  std::vector<std::int64_t> row_start{0};
  std::vector<std::int32_t> columns, selected;
  std::vector<float> values;
  std::ranges::fill(objective.inputs.view().elements(), Real(0));
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t j : {i % 5, 6 + i % 7, std::size_t{19}}) {
      columns.push_back(static_cast<std::int32_t>(j));
      values.push_back(0.5f + static_cast<float>(i));
      objective.inputs.view()(i, j) = static_cast<Real>(values.back());
    }
    row_start.push_back(static_cast<std::int64_t>(columns.size()));
    selected.push_back(static_cast<std::int32_t>(i));
  }
  const std::vector<Real> dense = objective.gradient();
  const SparseView view{row_start.data(), columns.data(), values.data(), selected, 20};
  const Input x{.dense = {}, .sparse = &view};
  const auto z = objective.network.forward(objective.pass, objective.theta, x, objective.workspace);
  const auto loss = make_loss("softmax");
  loss->sum({1}, z, objective.targets, Real(1) / 16, objective.workspace.output_delta(16));
  std::vector<Real> sparse(dense.size());
  objective.network.backward(objective.pass, objective.theta, x, objective.workspace, sparse);
  for (std::size_t i = 0; i < dense.size(); ++i)
    ASSERT_NEAR(sparse[i], dense[i], 200 * std::numeric_limits<Real>::epsilon());
}

TEST(Activation, LeakyReluAndSoftplusHaveKnownValues) {
  const double tolerance = 4 * std::numeric_limits<Real>::epsilon();
  std::vector<Real> y(300), x(300), slope(300, Real(1));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = (Real(i) - 150) / 10;
  y = x;
  apply_activation(Activation::kSoftplus, y);
  apply_derivative(Activation::kSoftplus, y, slope);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(y[i], std::log1p(std::exp(double(x[i]))), tolerance * (1 + y[i]));
    EXPECT_NEAR(slope[i], 1 / (1 + std::exp(-double(x[i]))), tolerance);
  }
  y = {-3, 0, 5};
  slope = {1, 1, 2};
  apply_activation(Activation::kLeakyRelu, y);
  EXPECT_EQ(y, (std::vector<Real>{Real(-3) * Real(0.01), 0, 5}));
  apply_derivative(Activation::kLeakyRelu, y, slope);
  EXPECT_EQ(slope, (std::vector<Real>{Real(0.01), Real(0.01), 2}));
}

TEST(Activation, DivergenceIsNotHidden) {
  for (Activation activation :
       {Activation::kLinear, Activation::kSigmoid, Activation::kTanh, Activation::kRelu,
        Activation::kSoftsign, Activation::kLeakyRelu, Activation::kSoftplus}) {
    std::vector<Real> y(19, std::numeric_limits<Real>::quiet_NaN());
    apply_activation(activation, y);
    for (const Real value : y) EXPECT_TRUE(std::isnan(value));
  }
}

}  // namespace
}  // namespace ravine
