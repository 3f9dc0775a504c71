#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "nn/network_objective.hpp"
#include "nn/test_layers.hpp"
#include "ravine/core/error.hpp"
#include "ravine/testing/gradient_check.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

TestNetwork extended(std::size_t inputs, std::string layers, std::size_t outputs,
                     BatchNormPlacement batch_norm = BatchNormPlacement::kOff) {
  TestNetwork net(inputs, std::move(layers), outputs, batch_norm);
  net.catalog = test_layers::extended_catalog();
  return net;
}

std::vector<std::string> block_names(const Network& network) {
  std::vector<std::string> names;
  for (const Block& block : network.layout().blocks()) names.push_back(block.name);
  return names;
}

#ifdef RAVINE_DOUBLE  // differences need its precision
// Every way in which layers can share, copy or overwrite a buffer.
const char* const kCompositions[] = {
    "dense(9) tanh residual(dense(9) tanh) dense",
    "dense(9) residual(dense(9)) tanh dense",
    "residual(dense(7) norm tanh) dense",
    "residual(tanh dense(7)) dense(6) sigmoid tanh dense",
    "tanh dense(9) residual(softplus) dense",
    "dense(9) tanh residual(tanh dense(5) dropout(0.3) residual(sigmoid dense(5)) dense(9)) dense",
    "norm dense(9) norm residual(norm softsign dense(9) norm) sequential(tanh) dense",
    "dropout(0.2) dense(9) residual(dropout(0.2)) residual(tanh) residual(dense(9) tanh) dense",
    "residual(residual(dropout(0.1))) dense(9) norm tanh dense",
    "activity dense(9) tanh dense",
    "dense(9) tanh residual(dense(9) activity tanh) dense",
};

TEST(Composition, GradientsAndCurvatureAgreeWithCentralDifferences) {
  for (const char* layers : kCompositions)
    for (const auto placement : {BatchNormPlacement::kOff, BatchNormPlacement::kHidden,
                                 BatchNormPlacement::kInputAndHidden}) {
      const std::string text = layers;
      if (text.find("norm") == std::string::npos && placement != BatchNormPlacement::kOff) continue;
      if (!text.starts_with("norm") && placement == BatchNormPlacement::kInputAndHidden) continue;
      NetworkObjective objective(extended(7, text, 5, placement), "softmax", 11);
      const GradientCheck worst = check_gradient(objective, objective.theta);
      EXPECT_LT(worst.max_relative_error, 1e-6) << text << ": " << worst.index;
      AlignedVector<Real> v(objective.theta.size());
      RandomStream stream(3, Purpose::kTest);
      for (const Block& block : objective.network.layout().blocks())
        for (Real& x : block.of(std::span(v))) x = static_cast<Real>(stream.normal());
      EXPECT_LT(check_hessian_vector(objective, objective.theta, v), 1e-6) << text;
    }
}

// With the squared loss of a network that is linear in its parameters, G = H, the term's part too.
TEST(Composition, GaussNewtonTakesTheTermWhole) {
  NetworkObjective objective(extended(7, "activity dense", 5), "squared", 11);
  AlignedVector<Real> v(objective.theta.size()), hv(v.size()), gv(v.size());
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = Real(0.1) * static_cast<Real>(i % 7);
  objective.hessian_vector(objective.theta, v, hv);
  objective.gauss_newton_vector(objective.theta, v, gv);
  for (std::size_t i = 0; i < v.size(); ++i) EXPECT_NEAR(gv[i], hv[i], 1e-12) << i;
}
#endif

TEST(Composition, ResidualAddsItsInput) {
  NetworkObjective objective({7, "residual(dense(7))", 7}, "squared", 11);
  const auto z = objective.network.forward(objective.pass, objective.theta,
                                           {.dense = objective.inputs.view()}, objective.workspace);
  const Block& w = objective.network.layout().block("dense0/weight");
  const Block& b = objective.network.layout().block("dense0/bias");
  const std::span<const Real> theta = objective.theta;
  for (std::size_t i = 0; i < z.rows; ++i)
    for (std::size_t j = 0; j < 7; ++j) {
      double expected = double{objective.inputs.view()(i, j)} + double{b.of(theta)[j]};
      for (std::size_t k = 0; k < 7; ++k)
        expected += double{objective.inputs.view()(i, k)} * double{w.of(theta)[k * 7 + j]};
      EXPECT_NEAR(z(i, j), expected, 1e-5);
    }
}

// What goes back through a branch is the sum over both ways: it must not depend on what else is
// done with the same buffers.
TEST(Composition, EqualNetworksHaveEqualGradients) {
  NetworkObjective plain({7, "dense(9) tanh dense", 5}, "softmax", 11);
  for (const char* layers :
       {"sequential(dense(9) tanh) dense", "1*(dense(9) tanh) linear dense(5)",
        "dense(9) sequential(sequential(tanh)) dropout(0) dense(units=outputs)"}) {
    NetworkObjective same({7, layers, 5}, "softmax", 11);
    EXPECT_EQ(same.gradient(), plain.gradient()) << layers;
  }
}

TEST(Composition, BlocksHaveARoleAndBiasesAMeaning) {
  const TestNetwork net(7,
                        "norm dense(9) norm relu residual(dense(9)) norm sequential(dense(8)) norm "
                        "relu dense",
                        5, BatchNormPlacement::kHidden);
  const Network network = net.make();
  // No bias where the mean is taken away again; a branch's bias stays.
  EXPECT_EQ(block_names(network),
            (std::vector<std::string>{"dense0/weight", "batch_norm0/gain", "batch_norm0/bias",
                                      "dense1/weight", "dense1/bias", "batch_norm1/gain",
                                      "batch_norm1/bias", "dense2/weight", "batch_norm2/gain",
                                      "batch_norm2/bias", "dense3/weight", "dense3/bias"}));
  const auto kind = [&](const char* name) { return network.layout().block(name).kind; };
  EXPECT_EQ(kind("dense0/weight"), BlockKind::kWeight);
  EXPECT_EQ(kind("dense2/weight"), BlockKind::kWeight);
  EXPECT_EQ(kind("dense3/weight"), BlockKind::kOutput);
  EXPECT_EQ(kind("batch_norm0/gain"), BlockKind::kGain);
  EXPECT_EQ(kind("dense3/bias"), BlockKind::kBias);
  EXPECT_FALSE(is_decayed(BlockKind::kBias) || is_decayed(BlockKind::kGain));
  EXPECT_TRUE(is_product(BlockKind::kOutput) && is_product(BlockKind::kKernel));
  EXPECT_TRUE(is_decayed(BlockKind::kEmbedding) && !is_product(BlockKind::kEmbedding));
}

TEST(Composition, NormSlotsAreFilledByPlacement) {
  const char* const layers = "norm dropout(0.1) norm dense(9) norm relu dense";
  const auto count = [&](BatchNormPlacement placement) {
    return TestNetwork(7, layers, 5, placement).make().statistics_size();
  };
  EXPECT_EQ(count(BatchNormPlacement::kOff), 0u);
  EXPECT_EQ(count(BatchNormPlacement::kHidden), 2u * 9);
  EXPECT_EQ(count(BatchNormPlacement::kInputAndHidden), 2u * (7 + 7 + 9));
}

std::string refusal(const TestNetwork& net) {
  return refusal_of([&] { net.make(); });
}

TEST(Composition, RefusesWhatDoesNotFit) {
  EXPECT_EQ(refusal({7, "residual(dense(9)) dense", 5}),
            "residual adds its input, vector(7), to the output of its layers, vector(9): both must "
            "have the same shape");
  EXPECT_EQ(refusal({7, "dense(9) relu dense(6)", 5}),
            "these layers end in vector(6), but the data need 5 outputs: end them with dense(5)");
  EXPECT_EQ(refusal({7, "relu", 7}),
            "these layers have no weights, so nothing can be learned: add dense");
  EXPECT_NE(refusal({7, "dense(9) relu dense", 5, BatchNormPlacement::kHidden})
                .find("needs a hidden layer with a norm slot"),
            std::string::npos);
  EXPECT_NE(refusal({7, "dense(9) norm relu dense", 5, BatchNormPlacement::kInputAndHidden})
                .find("needs a norm slot in front of the first weights"),
            std::string::npos);
  EXPECT_EQ(refusal({7, "9000*residual(20*tanh) dense", 5}),
            "a network has more than 100000 layers: repeat fewer");
  TestNetwork sparse(7, "relu dense", 5);
  sparse.options.form = InputForm::kSparse;
  EXPECT_EQ(refusal(sparse),
            "relu cannot take sparse inputs: put a layer in front that can, or choose other data");
  sparse.layers = "residual(dense(7)) dense";
  EXPECT_NE(refusal(sparse).find("residual cannot take sparse inputs"), std::string::npos);
  sparse.layers = "dense(9) relu dense";
  EXPECT_EQ(refusal(sparse), "");
  EXPECT_NE(
      refusal(extended(7, "dense(9) lookup dense", 5)).find("lookup cannot take dense inputs"),
      std::string::npos);
}

TEST(Composition, NothingThatALayerDoesNotOfferIsSilentlyZero) {
  NetworkObjective objective(extended(7, "dense(9) plain dense", 5), "softmax", 11);
  AlignedVector<Real> out(objective.theta.size());
  EXPECT_EQ(objective.network.without_curvature()->name(), "plain");
  EXPECT_EQ(objective.network.without_example_squares()->name(), "plain");
  EXPECT_FALSE(objective.mean_squared_gradient(objective.theta, out));
  for (const Curvature kind : {Curvature::kHessian, Curvature::kGaussNewton}) try {
      objective.curvature.add_product(kind, objective.at(objective.theta), objective.theta, out);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_STREQ(
          error.what(),
          "the layer plain does not offer curvature products: choose a first-order optimizer");
    }
  EXPECT_EQ(extended(7, "activity dense", 5).make().without_example_squares()->name(), "activity");
  EXPECT_EQ(TestNetwork(7, "dense(9) relu dropout(0.5) dense", 5).make().without_example_squares(),
            nullptr);
}

TEST(Composition, SharedBuffersHaveTheSameBitsForAnyThreads) {
  const TestNetwork net = extended(
      60, "dense(400) tanh residual(tanh dense(400) activity) residual(dropout(0.2)) dense", 30);
  NetworkObjective one(net, "softmax", 200), three(net, "softmax", 200, Threads{3});
  EXPECT_EQ(one.gradient(), three.gradient());
  AlignedVector<Real> a(one.theta.size()), b(a.size());
  one.hessian_vector(one.theta, one.theta, a);
  three.hessian_vector(three.theta, three.theta, b);
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace ravine
