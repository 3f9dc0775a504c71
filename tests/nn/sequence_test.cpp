// Layers of sequences: derivatives, refusals, threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "nn/network_objective.hpp"
#include "ravine/core/error.hpp"
#include "ravine/testing/gradient_check.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

TestNetwork on_vectors(std::size_t positions, std::size_t features, std::string layers,
                       std::size_t outputs) {
  TestNetwork net(positions * features, std::move(layers), outputs);
  net.options.input = Shape::sequence(positions, features);
  return net;
}

TestNetwork on_tokens(std::size_t positions, std::size_t vocabulary, std::string layers) {
  TestNetwork net(positions, std::move(layers), positions * vocabulary);
  net.options.form = InputForm::kTokens;
  net.options.vocabulary = vocabulary;
  return net;
}

#ifdef RAVINE_DOUBLE  // differences need its precision
void expect_exact_derivatives(const TestNetwork& net) {
  NetworkObjective objective(net, "softmax", 3);
  const GradientCheck worst = check_gradient(objective, objective.theta);
  EXPECT_LT(worst.max_relative_error, 1e-6) << net.layers << ": " << worst.index;
  AlignedVector<Real> v(objective.theta.size());
  RandomStream stream(3, Purpose::kTest);
  for (const Block& block : objective.network.layout().blocks())
    for (Real& x : block.of(std::span(v))) x = static_cast<Real>(stream.normal());
  EXPECT_LT(check_hessian_vector(objective, objective.theta, v), 1e-6) << net.layers;
}

TEST(Sequences, DerivativesOfLayersAgreeWithCentralDifferences) {
  for (const char* layers :
       {"position_dense(5) gelu_tanh position_dense(6, bias=false) silu dense(7) elu dense",
        "layer_norm position_dense(5) layer_norm(false) dense(4) layer_norm dense",
        "rms_norm position_dense(5) rms_norm dense(4) rms_norm dense",
        "positions attention(2) dense", "positions(sinusoidal) attention(3, causal=false) dense",
        "attention(6, bias=false) residual(layer_norm attention(1)) dense",
        "layer_norm residual(position_dense(6) gelu_tanh) residual(gelu_tanh positions) dense"})
    expect_exact_derivatives(on_vectors(5, 6, layers, 8));
}

// Curvature products are refused, in one sentence: see below.
TEST(Sequences, GradientsOfRecurrentLayersAgreeWithCentralDifferences) {
  for (const char* layers :
       {"rnn(7) dense", "lstm(5) rnn(4) dense",
        "lstm(6) residual(lstm(6, forget_bias=-0.5)) position_dense(3) dense"}) {
    NetworkObjective objective(on_vectors(5, 6, layers, 8), "softmax", 30);
    const GradientCheck worst = check_gradient(objective, objective.theta);
    EXPECT_LT(worst.max_relative_error, 1e-6) << layers << ": " << worst.index;
  }
}

TEST(Sequences, DerivativesOfTransformersAgreeWithCentralDifferences) {
  for (const char* layers :
       {"embedding(6) positions residual(layer_norm attention(2)) residual(layer_norm "
        "position_dense(9) gelu_tanh position_dense(6)) layer_norm position_dense",
        "embedding(6) residual(attention(3)) layer_norm residual(position_dense(9) silu "
        "position_dense(6)) rms_norm tied_output",
        "embedding(5) tied_output"})
    expect_exact_derivatives(on_tokens(4, 7, layers));
}
#endif

TEST(Sequences, BitsOfRecurrenceDoNotDependOnThreads) {
  const TestNetwork net = on_tokens(33, 70, "embedding(40) lstm(48) rnn(56) position_dense");
  NetworkObjective one(net, "softmax", 61, {1});
  const std::vector<Real> gradient = one.gradient();
  for (const int threads : {2, 3}) {
    NetworkObjective many(net, "softmax", 61, {threads});
    EXPECT_EQ(many.gradient(), gradient) << threads;
  }
}

TEST(Sequences, RecurrentLayersBeginWhereTheyAreSaidTo) {
  const TestNetwork net =
      on_tokens(4, 7, "embedding(5) lstm(6, forget_bias=1.5) rnn(3) position_dense");
  const Network network = net.make();
  AlignedVector<Real> theta(network.layout().size());
  network.initialize(*initializer_catalog().make("truncated_normal(sd=0.05, bias=0.25)"), 3, theta);
  const auto block = [&](const char* name) {
    return network.layout().block(name).of(std::span<const Real>(theta));
  };
  const std::span<const Real> bias = block("lstm0/bias");
  for (std::size_t i = 0; i < bias.size(); ++i)
    EXPECT_EQ(bias[i], i / 6 == 1 ? Real(1.5) : Real(0.25)) << i;
  for (const Real b : block("rnn1/bias")) EXPECT_EQ(b, Real(0.25));
  EXPECT_EQ(block("lstm0/recurrent").size(), 6u * 24);
  EXPECT_NE(block("lstm0/recurrent")[0], block("rnn1/recurrent")[0]);
}

TEST(Sequences, BitsDoNotDependOnThreads) {
  const TestNetwork net =
      on_tokens(33, 70,
                "embedding(72) positions residual(layer_norm attention(3)) residual(rms_norm "
                "position_dense(90) gelu_tanh position_dense(72)) layer_norm tied_output");
  NetworkObjective one(net, "softmax", 30, {1});
  const std::vector<Real> gradient = one.gradient();
  AlignedVector<Real> hv(gradient.size()), again(gradient.size());
  one.hessian_vector(one.theta, one.theta, hv);
  for (const int threads : {2, 3}) {
    NetworkObjective more(net, "softmax", 30, {threads});
    EXPECT_EQ(more.gradient(), gradient) << threads;
    more.hessian_vector(more.theta, more.theta, again);
    EXPECT_EQ(again, hv) << threads;
  }
}

// What comes later must not leak into an answer.
TEST(Sequences, CausalAttentionIgnoresWhatComesLater) {
  for (const bool causal : {true, false}) {
    const Network network = on_tokens(6, 5,
                                      std::string("embedding(8) positions attention(2, causal=") +
                                          (causal ? "true" : "false") + ") position_dense")
                                .make();
    AlignedVector<Real> theta(network.layout().size());
    network.initialize(*initializer_catalog().make("normal(sd=1)"), 1, theta);
    Workspace workspace(network, 1, Workspace::Use::kInference);
    const auto answers = [&](std::int32_t last) {
      const std::vector<std::int32_t> tokens = {0, 1, 2, 3, 4, last};
      Input x;
      x.tokens = {tokens.data(), 1, 6};
      const auto z = network.forward({.threads = {1}}, theta, x, workspace);
      return std::vector<Real>(z.data, z.data + 25);  // of the first five positions
    };
    EXPECT_EQ(answers(0) == answers(1), causal);
  }
}

TEST(Sequences, AreRefusedInOneSentence) {
  const auto why = [](const TestNetwork& net) { return refusal_of([&] { net.make(); }); };
  EXPECT_EQ(why(on_vectors(5, 6, "attention(4) dense", 3)),
            "attention cannot share 6 features among 4 heads: use a divisor of 6");
  EXPECT_EQ(why({6, "attention(2) dense", 3}),
            "attention needs a sequence of vectors, but gets vector(6): put embedding(width) in "
            "front");
  EXPECT_EQ(why({6, "embedding(2) dense", 3}),
            "embedding needs data made of tokens, such as a text: choose other data or dense");
  EXPECT_EQ(why({6, "lstm(2) dense", 3}),
            "lstm needs a sequence of vectors, but gets vector(6): put embedding(width) in front");
  EXPECT_EQ(why(on_vectors(5, 6, "position_dense", 3)),
            "position_dense cannot share 3 outputs among 5 positions: give its units");
  EXPECT_EQ(why(on_vectors(5, 6, "tied_output", 3)),
            "tied_output shares the weights of an embedding: put embedding(width) in front");
  EXPECT_EQ(why(on_tokens(5, 6, "embedding(4) position_dense(3) tied_output")),
            "tied_output takes 4 features, as the embedding gives, but gets sequence(5, 3)");
}

TEST(Sequences, RecurrenceHasNoCurvatureProducts) {
  const Network network = on_tokens(5, 6, "embedding(4) lstm(3) position_dense").make();
  ASSERT_NE(network.without_curvature(), nullptr);
  EXPECT_EQ(network.without_curvature()->name(), "lstm");
}

TEST(Sequences, OutputsMayBeThoseOfTheEmbedding) {
  const auto kinds = [](const char* layers) {
    std::vector<BlockKind> all;
    const Network network = on_tokens(4, 7, layers).make();
    for (const Block& block : network.layout().blocks()) all.push_back(block.kind);
    return all;
  };
  EXPECT_EQ(kinds("embedding(6) position_dense(6, bias=false) tied_output"),
            (std::vector{BlockKind::kEmbedding, BlockKind::kWeight}));
  EXPECT_EQ(kinds("embedding(6) position_dense(bias=false)"),
            (std::vector{BlockKind::kEmbedding, BlockKind::kOutput}));
}

}  // namespace
}  // namespace ravine
