// Networks of any layers as problems: those that recipes build, and what layers of tests bring
// along (tokens, answers for each position, terms of the objective).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "nn/test_layers.hpp"
#include "problems/toy_data.hpp"
#include "ravine/core/error.hpp"
#include "ravine/problems/network_problem.hpp"
#include "ravine/testing/gradient_check.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {
namespace {

AlignedVector<Real> he_point(const Problem& problem) {
  AlignedVector<Real> theta(problem.layout().size());
  problem.initialize(*initializer_catalog().make("he"), 3, theta);
  return theta;
}

// A step of gradient descent on 20 examples; returns the loss of the mini-batch.
double descend_once(Session& session, AlignedVector<Real>& theta, int t) {
  AlignedVector<Real> gradient(theta.size());
  session.select(t, example_range(20 * (t - 1), 20 * t));
  const double loss = session.evaluate(theta, gradient);
  for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= Real(0.01) * gradient[i];
  session.fold_statistics();
  return loss;
}

struct Curve {
  std::vector<std::string> blocks;
  std::vector<double> losses;
  AlignedVector<Real> theta;
  bool operator==(const Curve&) const = default;
};

Curve train(const std::string& text, const std::string& batch_norm) {
  const auto problem = Catalogs().make_problem(text, batch_norm);
  Curve curve;
  for (const Block& block : problem->layout().blocks()) curve.blocks.push_back(block.name);
  curve.theta = he_point(*problem);
  const auto session = problem->start(7, 20, {1});
  for (int t = 1; t <= 4; ++t) curve.losses.push_back(descend_once(*session, curve.theta, t));
  curve.losses.push_back(session->measure(curve.theta).objective);
  curve.losses.push_back(session->measure_averaged(curve.theta).train_loss);
  return curve;
}

TEST(Net, SpelledLikeARecipeIsThatRecipe) {
  struct Pair {
    const char *recipe, *net;
  };
  for (const auto& [recipe, net] :
       {Pair{"mlp(hidden=12-9, activation=tanh, dropout=0.3, l2=0.01, train=200)",
             "net(layers=\"norm dense(12) norm tanh dropout(0.3) dense(9) norm tanh dropout(0.3) "
             "dense(10)\", l2=0.01, train=200)"},
        Pair{"mlp(hidden=9x2, activation=linear, loss=squared, train=200)",
             "net(layers=\"norm 2*(dense(9) norm) dense(outputs)\", loss=squared, train=200)"},
        Pair{"logreg(train=200)", "net(layers=\"norm dense\", train=200)"},
        Pair{
            "autoencoder(hidden=12-9, code=3, train=200)",
            "net(layers=\"norm dense(12) norm sigmoid dense(9) norm sigmoid dense(3) norm dense(9) "
            "norm sigmoid dense(12) norm sigmoid dense\", loss=bernoulli, reconstruct=true, "
            "train=200)"}})
    for (const char* batch_norm : {"off", "hidden", "input+hidden"}) {
      // To generate the data takes its time: one recipe stands for all placements.
      if (!std::string(recipe).starts_with("mlp(hidden=12") && batch_norm[0] != 'i') continue;
      EXPECT_EQ(train(recipe, batch_norm), train(net, batch_norm)) << net << " " << batch_norm;
    }
  EXPECT_NE(train("mlp(hidden=9, train=200)", "off"),
            train("net(layers=\"norm dense(9) norm tanh dense\", train=200)", "off"));
}

TEST(Net, ResumesWithTheSameBits) {
  const auto problem = Catalogs().make_problem(
      "net(layers=\"dense(9) norm tanh residual(dense(9) norm tanh dropout(0.2)) dense\", "
      "train=200)",
      "hidden");
  AlignedVector<Real> whole = he_point(*problem), again = whole;
  const auto first = problem->start(7, 20, {1}), other = problem->start(7, 20, {2});
  for (int t = 1; t <= 5; ++t) descend_once(*first, whole, t);
  for (int t = 1; t <= 2; ++t) descend_once(*other, again, t);
  const auto resumed = problem->start(7, 20, {1});
  std::ranges::copy(other->buffers(), resumed->buffers().begin());
  for (int t = 3; t <= 5; ++t) descend_once(*resumed, again, t);
  EXPECT_EQ(whole, again);
  EXPECT_TRUE(std::ranges::equal(first->buffers(), resumed->buffers()));
  EXPECT_EQ(first->measure(whole).train_loss, resumed->measure(again).train_loss);
}

TEST(Net, DataKnowTheShapeOfAnExample) {
  const auto shape = [](const char* name) {
    DataRequest request;
    request.name = name;
    request.train = 10;
    return data_catalog().load(request)->features.row_shape();
  };
  EXPECT_EQ(shape("glyphs"), Shape::image(1, 28, 28));
  EXPECT_EQ(shape("curves"), Shape::image(1, 28, 28));
  EXPECT_EQ(shape("shapeset"), Shape::image(1, 32, 32));
  EXPECT_EQ(toy_data()->features.row_shape(), Shape::vector(12));
  auto data = toy_data();
  data->features.shape = Shape::image(3, 2, 2);
  NetworkProblem::Options options;
  options.layers = parse_layers("residual(tanh) dense(5) relu dense");
  EXPECT_EQ(NetworkProblem(data, options).network().inputs(), 12u);
  data->features.shape = Shape::image(3, 2, 3);
  EXPECT_THROW(NetworkProblem(data, options), Error);
}

TEST(Net, OffersWhatAllItsLayersOffer) {
  const auto offers = [](const char* layers) {
    NetworkProblem::Options options;
    options.layers = parse_layers(layers, test_layers::extended_catalog());
    return NetworkProblem(toy_data(), options).offers();
  };
  const Capabilities all = {Capability::kGradient,
                            Capability::kHessianProducts,
                            Capability::kGaussNewtonProducts,
                            Capability::kMeanSquaredGradients,
                            Capability::kLayers,
                            Capability::kStationary};
  EXPECT_EQ(offers("dense(5) residual(tanh) dense"), all);
  EXPECT_EQ(all.without(offers("dense(5) dropout(0.5) dense")),
            Capabilities{Capability::kStationary});
  EXPECT_EQ(all.without(offers("dense(5) activity dense")),
            Capabilities{Capability::kMeanSquaredGradients});
  EXPECT_EQ(offers("dense(5) plain dense"),
            (Capabilities{Capability::kGradient, Capability::kLayers, Capability::kStationary}));
}

// The term belongs to losses and objective alike; it is the mean over the examples.
TEST(Net, LayersAddTermsToTheObjective) {
  NetworkProblem::Options with, without;
  with.layers = parse_layers("activity dense", test_layers::extended_catalog());
  without.layers = parse_layers("dense");
  const auto data = toy_data();
  const NetworkProblem a(data, with), b(data, without);
  const AlignedVector<Real> theta = he_point(a), plain = he_point(b);
  double term = 0;
  for (std::size_t i = 0; i < data->train.size() * 12; ++i)
    term += 0.5 * std::pow(0.7 * double{data->features.dense[i]}, 2);
  term /= static_cast<double>(data->train.size());
  const Metrics full = a.start(1, 50, {1})->measure(theta);
  const Metrics bare = b.start(1, 50, {1})->measure(plain);
  EXPECT_NEAR(full.train_loss - bare.train_loss, term, 1e-5);
  EXPECT_NEAR(full.objective - bare.objective, term, 1e-5);
  const auto session = a.start(1, 1300, {1});
  session->select(1, example_range(0, 1300));
  EXPECT_NEAR(session->evaluate(theta, {}), full.objective, 1e-5);
  if (kPrecision != "double") return;
  EXPECT_LT(check_gradient(*session, theta).max_relative_error, 1e-6);
  AlignedVector<Real> v(theta.size());
  a.initialize(*initializer_catalog().make("he"), 8, v);
  EXPECT_LT(check_hessian_vector(*session, theta, v), 1e-6);
}

// 90 examples of 6 tokens below 10, and a class below 5 at each position.
std::shared_ptr<Dataset> token_data() {
  auto data = std::make_shared<Dataset>();
  data->name = "tokens";
  data->classes = 5;
  data->positions = 6;
  data->train = {0, 60};
  data->validation = {60, 70};
  data->test = {70, 90};
  data->features.rows = 90;
  data->features.cols = 6;
  RandomStream stream(1, Purpose::kTest);
  for (std::size_t i = 0; i < 90 * 6; ++i) {
    data->features.tokens.push_back(static_cast<std::int32_t>(stream.below(10)));
    data->labels.push_back(static_cast<std::int32_t>(stream.below(5)));
  }
  return data;
}

TEST(Net, TakesTokensAndAnswersAtEveryPosition) {
  const auto data = token_data();
  NetworkProblem::Options options;
  options.layers = parse_layers("lookup(5)", test_layers::extended_catalog());
  const NetworkProblem problem(data, options);
  EXPECT_EQ(problem.network().outputs(), 30u);
  const AlignedVector<Real> theta = he_point(problem);
  const Block& w = problem.layout().block("lookup/embedding");
  double loss = 0, correct = 0;
  for (std::size_t k = 0; k < 60 * 6; ++k) {  // a position of the training part
    const auto row = static_cast<std::size_t>(data->features.tokens[k]) * 5;
    const auto label = static_cast<std::size_t>(data->labels[k]);
    double total = 0, best = -1e9;
    std::size_t answer = 0;
    for (std::size_t j = 0; j < 5; ++j) {
      const double z = w.of(std::span<const Real>(theta))[row + j];
      total += std::exp(z);
      if (z > best) best = z, answer = j;
    }
    loss += std::log(total) - double{w.of(std::span<const Real>(theta))[row + label]};
    correct += answer == label;
  }
  const auto session = problem.start(1, 60, {1});
  const Metrics metrics = session->measure(theta);
  EXPECT_NEAR(metrics.train_loss, loss / 360, 1e-5);
  EXPECT_NEAR(metrics.train_accuracy, correct / 360, 1e-12);
  session->select(1, example_range(0, 60));
  AlignedVector<Real> gradient(theta.size());
  EXPECT_NEAR(session->evaluate(theta, gradient), loss / 360, 1e-5);
  EXPECT_FALSE(problem.offers().has(Capability::kMeanSquaredGradients));
  options.layers = parse_layers("dense(5) relu dense");
  EXPECT_THROW(NetworkProblem(data, options), Error);  // dense takes no tokens
  if (kPrecision != "double") return;
  EXPECT_LT(check_gradient(*session, theta).max_relative_error, 1e-6);
}

TEST(Net, CurvatureReachesTokensAndPositions) {
  NetworkProblem::Options options;
  options.layers = parse_layers("lookup(3) dense(20) tanh residual(dense(20)) dense",
                                test_layers::extended_catalog());
  options.l2 = 0.1;
  const NetworkProblem problem(token_data(), options);
  const AlignedVector<Real> theta = he_point(problem);
  const auto session = problem.start(1, 60, {1});
  session->select(1, example_range(0, 60));
  AlignedVector<Real> v(theta.size()), first(theta.size()), second(theta.size());
  problem.initialize(*initializer_catalog().make("he"), 8, v);
  session->hessian_vector(theta, v, first);
  session->hessian_vector(theta, v, second);
  EXPECT_EQ(first, second);
  if (kPrecision != "double") return;
  EXPECT_LT(check_gradient(*session, theta).max_relative_error, 1e-6);
  EXPECT_LT(check_hessian_vector(*session, theta, v), 1e-6);
}

TEST(Net, RealTargetsMayBePerPosition) {
  auto data = token_data();
  data->classes = 0;
  for (const std::int32_t label : data->labels) data->targets.push_back(0.1f * float(label));
  data->labels.clear();
  NetworkProblem::Options options;
  options.layers = parse_layers("lookup(1)", test_layers::extended_catalog());
  options.loss = "squared";
  const NetworkProblem problem(data, options);
  const AlignedVector<Real> theta = he_point(problem);
  double squares = 0;
  for (std::size_t k = 0; k < 360; ++k)
    squares += std::pow(double{theta[static_cast<std::size_t>(data->features.tokens[k])]} -
                            double{data->targets[k]},
                        2);
  EXPECT_NEAR(problem.start(1, 60, {1})->measure(theta).train_loss, squares / 360, 1e-5);
  data->targets.pop_back();
  EXPECT_THROW(NetworkProblem(data, options), Error);
}

}  // namespace
}  // namespace ravine
