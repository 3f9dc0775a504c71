#include "ravine/problems/network_problem.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "problems/toy_data.hpp"
#include "problems/toy_network.hpp"
#include "ravine/core/error.hpp"
#include "ravine/nn/initializer.hpp"
#include "ravine/nn/workspace.hpp"
#include "ravine/testing/gradient_check.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

NetworkProblem::Options options(const char* batch_norm = "off") {
  NetworkProblem::Options o;
  o.layers = parse_layers("norm dense(16) norm tanh dense(8) norm tanh dense");
  o.batch_norm = parse_batch_norm(batch_norm);
  return o;
}

// Steps of gradient descent on consecutive batches, each with extra evaluations elsewhere.
void descend(Session& session, AlignedVector<Real>& theta, int steps, int extra_evaluations) {
  AlignedVector<Real> gradient(theta.size()), elsewhere(theta);
  for (int t = 1; t <= steps; ++t) {
    session.select(t, example_range(50 * (t - 1), 50 * t));
    session.evaluate(theta, gradient);
    for (int k = 0; k < extra_evaluations; ++k) {
      for (std::size_t i = 0; i < theta.size(); ++i) elsewhere[i] = Real(1.5) * theta[i];
      AlignedVector<Real> other(theta.size());
      session.evaluate(elsewhere, other);
      session.evaluate(elsewhere, {});
    }
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= Real(0.2) * gradient[i];
    session.fold_statistics();
  }
}

TEST(NetworkProblem, LearnsAndMeasuresEveryPart) {
  const NetworkProblem problem(toy_data(), options("hidden"));
  const auto session = problem.start(1, 50, {1});
  AlignedVector<Real> theta = start_point(problem);
  const Metrics before = session->measure(theta);
  descend(*session, theta, 26, 0);
  const Metrics after = session->measure(theta);
  EXPECT_NEAR(before.train_loss, std::log(4.0), 1);
  EXPECT_LT(after.train_loss, 0.7 * before.train_loss);
  EXPECT_EQ(after.objective, after.train_loss);
  for (const double accuracy :
       {after.train_accuracy, after.validation_accuracy, after.test_accuracy}) {
    EXPECT_GT(accuracy, 0.6);
    EXPECT_LE(accuracy, 1);
  }
  EXPECT_EQ(session->counts().gradients, 26);
  EXPECT_EQ(session->counts().losses, 0);
}

TEST(NetworkProblem, RunningAveragesFoldTheFirstEvaluationOfAStepOnce) {
  const NetworkProblem problem(toy_data(), options("input+hidden"));
  const auto buffers_after = [&](int extra) {
    const auto session = problem.start(1, 50, {1});
    AlignedVector<Real> theta = start_point(problem);
    descend(*session, theta, 15, extra);
    session->fold_statistics();  // nothing is left to fold
    const std::span<const Real> buffers = session->buffers();
    return std::vector<Real>(buffers.begin(), buffers.end());
  };
  const std::vector<Real> one = buffers_after(0);
  EXPECT_EQ(one.size(), 2u * (12 + 16 + 8) + 1);
  EXPECT_EQ(buffers_after(9), one);
}

// Mean and unbiased variance of the first input over the examples [begin, end).
std::pair<double, double> moments(const Dataset& data, int begin, int end) {
  const auto x = [&](int i) {
    return double{data.features.dense[static_cast<std::size_t>(i) * 12]};
  };
  const double m = end - begin;
  double mean = 0, variance = 0;
  for (int i = begin; i < end; ++i) mean += x(i) / m;
  for (int i = begin; i < end; ++i) variance += (x(i) - mean) * (x(i) - mean) / (m - 1);
  return {mean, variance};
}

void see(Session& session, const AlignedVector<Real>& theta, std::int64_t step, int begin,
         int end) {
  AlignedVector<Real> gradient(theta.size());
  session.select(step, example_range(begin, end));
  session.evaluate(theta, gradient);
  session.fold_statistics();
}

// The input layer's statistics are those of the data, so the averages can be followed by hand:
// 15 mini-batches of 50, of 2 (where m / (m - 1) doubles the variance) and of 50 with a remainder
// of 3 in every third place, which counts 3/50.
TEST(NetworkProblem, RunningAveragesFollowTheirFormula) {
  const auto data = toy_data();
  const NetworkProblem problem(data, options("input+hidden"));
  const AlignedVector<Real> theta = start_point(problem);
  struct Case {
    int batch, remainder;
  };
  for (const auto& [batch, remainder] : {Case{50, 50}, Case{2, 2}, Case{50, 3}}) {
    const auto session = problem.start(1, static_cast<std::size_t>(batch), {1});
    double mean = 0, variance = 0, t = 0;
    for (int step = 1, begin = 0; step <= 15; ++step) {
      const int end = begin + (step % 3 == 0 ? remainder : batch);
      see(*session, theta, step, begin, end);
      const double weight = static_cast<double>(end - begin) / batch;
      t += weight;
      const double share = weight * std::max(0.1, 1 / t);
      const auto [batch_mean, batch_variance] = moments(*data, begin, end);
      mean += share * (batch_mean - mean);
      variance += share * (batch_variance - variance);
      begin = end;
    }
    EXPECT_NEAR(session->buffers()[0], mean, 1e-6) << batch << " " << remainder;
    EXPECT_NEAR(session->buffers()[12], variance, 1e-6) << batch << " " << remainder;
  }
}

// One example has no variance: wherever it comes, nothing changes.
TEST(NetworkProblem, ABatchOfOneIsKeptOutOfTheRunningAverages) {
  const NetworkProblem problem(toy_data(), options("input+hidden"));
  const AlignedVector<Real> theta = start_point(problem);
  const auto with = problem.start(1, 50, {1}), without = problem.start(1, 50, {1});
  see(*with, theta, 1, 0, 1);
  EXPECT_EQ(with->measure(theta).train_loss, with->measure_averaged(theta).train_loss);
  for (int step = 1; step <= 4; ++step) {
    see(*with, theta, 2 * step, 50 * step, 50 * step + 50);
    see(*with, theta, 2 * step + 1, 7, 8);
    see(*without, theta, step, 50 * step, 50 * step + 50);
  }
  EXPECT_TRUE(std::ranges::equal(with->buffers(), without->buffers()));
}

// Statistics over all training examples at once: the running averages of that batch. With 20 of
// them the factor n / (n - 1) is easily seen.
TEST(NetworkProblem, AveragedWeightsAreMeasuredWithExactStatistics) {
  const auto data = toy_data();
  data->train = {0, 20};
  const NetworkProblem problem(data, options("input+hidden"));
  const auto session = problem.start(1, 20, {1}), still = problem.start(1, 20, {1});
  const AlignedVector<Real> theta = start_point(problem);
  see(*session, theta, 1, 0, 7);
  see(*still, theta, 1, 0, 20);
  const std::vector<Real> buffers(session->buffers().begin(), session->buffers().end());
  const Metrics averaged = session->measure_averaged(theta), running = still->measure(theta);
  EXPECT_TRUE(std::equal(buffers.begin(), buffers.end(), session->buffers().begin()));
  EXPECT_GT(std::fabs(averaged.train_loss - session->measure(theta).train_loss), 1e-3);
  const double tolerance = kPrecision == "double" ? 1e-12 : 1e-6;
  for (const MetricInfo& column : kMetrics)
    EXPECT_NEAR(averaged.*column.value, running.*column.value, tolerance) << column.name;
  // A training pass divides by the biased sigma.
  const double trained = still->evaluate(theta, {});
  EXPECT_NEAR(averaged.train_loss, trained, 0.1);
  EXPECT_GT(std::fabs(averaged.train_loss - trained), 1e-3);
}

TEST(NetworkProblem, MeasuringChangesNothingThatTrainingSees) {
  const NetworkProblem problem(toy_data(), options("hidden"));
  const auto quiet = problem.start(1, 50, {1}), observed = problem.start(1, 50, {1});
  AlignedVector<Real> a = start_point(problem), b = a, gradient(a.size());
  for (int t = 0; t < 3; ++t) {
    descend(*quiet, a, 2, 0);
    descend(*observed, b, 2, 0);
    observed->measure(b);
    observed->measure_averaged(b);
    observed->fold_statistics();
    observed->evaluate(b, gradient);
    observed->fold_statistics();  // the step is over: its statistics are in already
  }
  EXPECT_EQ(a, b);
  EXPECT_TRUE(std::ranges::equal(quiet->buffers(), observed->buffers()));
}

TEST(NetworkProblem, MeasurementsDoNotDependOnBatchSizeOrThreads) {
  const NetworkProblem problem(toy_data(), options());
  const AlignedVector<Real> theta = start_point(problem);
  const Metrics small = problem.start(1, 10, {1})->measure(theta);
  const Metrics large = problem.start(1, 1300, {4})->measure(theta);
  for (const MetricInfo& column : kMetrics)
    EXPECT_EQ(small.*column.value, large.*column.value) << column.name;
}

TEST(NetworkProblem, PenaltyIsPartOfObjectiveAndGradientButNotOfLosses) {
  NetworkProblem::Options plain = options(), decayed = options();
  decayed.l2 = 0.5;
  const NetworkProblem without(toy_data(), plain), with(toy_data(), decayed);
  const AlignedVector<Real> theta = start_point(with);
  double squares = 0;
  for (const Block& block : with.layout().blocks())
    if (is_product(block.kind))
      for (const Real w : block.of(std::span<const Real>(theta))) squares += double(w) * double(w);
  const auto session = with.start(1, 50, {1});
  const Metrics metrics = session->measure(theta);
  EXPECT_EQ(metrics.train_loss, without.start(1, 50, {1})->measure(theta).train_loss);
  EXPECT_NEAR(metrics.objective - metrics.train_loss, 0.25 * squares, 1e-9 * squares);
  if (kPrecision != "double") return;
  session->select(1, example_range(0, 50));
  EXPECT_LT(check_gradient(*session, theta).max_relative_error, 1e-6);
}

TEST(NetworkProblem, SparseRowsTrainLikeDenseOnes) {
  const auto sparse = sparse_toy_data();
  auto dense = sparse_toy_data();
  const SparseRows rows = dense->features.sparse;
  dense->features.sparse = {};
  dense->features.dense.assign(dense->features.rows * dense->features.cols, 0.0f);
  for (std::size_t i = 0; i < dense->features.rows; ++i)
    for (auto k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k) {
      const auto entry = static_cast<std::size_t>(k);
      dense->features.dense[i * 12 + static_cast<std::size_t>(rows.columns[entry])] =
          rows.values[entry];
    }
  const NetworkProblem a(sparse, options("hidden")), b(dense, options("hidden"));
  const auto first = a.start(1, 50, {1}), second = b.start(1, 50, {1});
  AlignedVector<Real> x = start_point(a), y = x;
  descend(*first, x, 5, 0);
  descend(*second, y, 5, 0);
  const double tolerance = kPrecision == "double" ? 1e-12 : 1e-4;
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], tolerance);
  EXPECT_NEAR(first->measure(x).test_loss, second->measure(y).test_loss, tolerance);
}

TEST(NetworkProblem, AutoencodersReportTheSquaredErrorIfAsked) {
  auto data = toy_data();
  for (float& value : data->features.dense) value = 1 / (1 + std::exp(-value));
  NetworkProblem::Options o;
  o.layers = parse_layers("dense(6) sigmoid dense(3) dense(6) sigmoid dense");
  o.loss = "bernoulli";
  o.reconstruct = true;
  const NetworkProblem optimized(data, o);
  o.reported = "logistic_squared";
  const NetworkProblem reported(data, o);
  const AlignedVector<Real> theta = start_point(optimized);
  const Metrics a = optimized.start(1, 50, {1})->measure(theta);
  const Metrics b = reported.start(1, 50, {1})->measure(theta);
  EXPECT_EQ(a.objective, b.objective);
  EXPECT_EQ(a.objective, a.train_loss);
  EXPECT_LT(b.train_loss, 0.5 * a.train_loss);
  EXPECT_TRUE(std::isnan(a.train_accuracy));
  if (kPrecision != "double") return;
  const auto session = reported.start(1, 50, {1});
  session->select(1, example_range(0, 50));
  EXPECT_LT(check_gradient(*session, theta, {.step = 1e-4}).max_relative_error, 1e-6);
}

TEST(NetworkProblem, RegressionUsesRealTargets) {
  auto data = toy_data();
  data->classes = 0;
  for (const std::int32_t label : data->labels) data->targets.push_back(float(label));
  NetworkProblem::Options o = options();
  EXPECT_THROW(NetworkProblem(data, o), Error);  // softmax needs classes
  o.loss = "squared";
  const NetworkProblem problem(data, o);
  EXPECT_EQ(problem.network().outputs(), 1u);
  const Metrics metrics = problem.start(1, 50, {1})->measure(start_point(problem));
  EXPECT_TRUE(std::isnan(metrics.test_accuracy));
  EXPECT_TRUE(std::isfinite(metrics.test_loss));
}

TEST(NetworkProblem, EmptyPartsAreNotMeasured) {
  auto data = toy_data();
  data->validation = {1300, 1300};
  const NetworkProblem problem(data, options());
  const Metrics metrics = problem.start(1, 50, {1})->measure(start_point(problem));
  EXPECT_TRUE(std::isnan(metrics.validation_loss));
  EXPECT_TRUE(std::isnan(metrics.validation_accuracy));
  EXPECT_FALSE(std::isnan(metrics.test_loss));
}

std::string refusal(std::shared_ptr<const Dataset> data, const NetworkProblem::Options& o) {
  return refusal_of([&] { NetworkProblem problem(std::move(data), o); });
}

TEST(NetworkProblem, RefusesWhatDoesNotFitTogether) {
  NetworkProblem::Options shallow = options("hidden");
  shallow.layers = parse_layers("norm dense");
  EXPECT_EQ(
      refusal(toy_data(), shallow),
      "batch normalization 'hidden' needs a hidden layer with a norm slot, as in \"dense(100) "
      "norm relu dense\": use off or add one");
  EXPECT_EQ(refusal(sparse_toy_data(), options("input+hidden")),
            "batch normalization would make the sparse inputs of 'toy' dense: use hidden");
  NetworkProblem::Options autoencoder = options();
  autoencoder.loss = "bernoulli";
  autoencoder.reconstruct = true;
  EXPECT_EQ(refusal(sparse_toy_data(), autoencoder),
            "an autoencoder needs dense inputs, but 'toy' is sparse: choose a dense data set");
  const NetworkProblem problem(toy_data(), options());
  EXPECT_THROW(problem.start(1, 10, {1})->select(1, example_range(0, 11)), Error);
}

// A Bernoulli loss of targets outside [0, 1] has no lower bound: it would win every ranking.
TEST(NetworkProblem, LossesRefuseTargetsOutsideTheirDomain) {
  NetworkProblem::Options reconstruct = options();
  reconstruct.reconstruct = true;
  for (const char* loss : {"bernoulli", "logistic_squared"}) {
    reconstruct.loss = loss;
    auto unit = toy_data();
    for (float& value : unit->features.dense) value = 1 / (1 + std::exp(-value));
    EXPECT_EQ(refusal(unit, reconstruct), "");
    for (const float bad : {-0.001f, 1.001f, std::numeric_limits<float>::quiet_NaN()}) {
      auto data = std::make_shared<Dataset>(*unit);
      data->features.dense.back() = bad;  // of the test part
      EXPECT_NE(refusal(data, reconstruct).find("needs inputs in [0, 1]"), std::string::npos)
          << bad;
    }
    unit->features.shift = {0.5};  // what counts is the normalized value
    EXPECT_NE(refusal(unit, reconstruct).find("needs inputs in [0, 1]"), std::string::npos);
  }
  reconstruct.loss = "squared";
  EXPECT_EQ(refusal(toy_data(), reconstruct), "");
  NetworkProblem::Options supervised = options();
  supervised.loss = "bernoulli";
  auto real = toy_data();
  real->classes = 0;
  real->labels.clear();
  real->targets.assign(real->features.rows, 0.25f);
  EXPECT_EQ(refusal(real, supervised), "");
  real->targets.back() = 1.5f;
  EXPECT_EQ(
      refusal(real, supervised),
      "loss=bernoulli needs targets in [0, 1], but those of 'toy' range from 0.25 to 1.5: use "
      "loss=squared");
  real->targets.back() = std::numeric_limits<float>::infinity();
  supervised.loss = "squared";
  EXPECT_NE(refusal(real, supervised).find("a finite target for each"), std::string::npos);
  auto classes = toy_data();
  for (const std::int32_t bad : {-1, 4}) {
    classes->labels.back() = bad;
    EXPECT_NE(refusal(classes, options()).find("needs a label from 0 to 3"), std::string::npos);
  }
}

TEST(NetworkProblem, GuessedClassesNeedALossThatIsForClassesOnly) {
  auto data = toy_data();
  data->guessed_classes = true;
  NetworkProblem::Options o = options();
  EXPECT_EQ(refusal(data, o), "");
  for (const char* loss : {"squared", "bernoulli"}) {
    o.loss = loss;
    EXPECT_NE(refusal(data, o).find("set task=classes or task=regression"), std::string::npos);
  }
  data->guessed_classes = false;
  EXPECT_EQ(refusal(data, o), "");
}

// Through the whole problem: the L2 penalty, sparse inputs, the masks and batch statistics of the
// step.
#ifdef RAVINE_DOUBLE  // differences need its precision
TEST(NetworkProblem, HessianProductsAgreeWithCentralDifferences) {
  for (const bool sparse : {false, true})
    for (const char* batch_norm : {"off", "hidden"}) {
      auto o = options(batch_norm);
      o.l2 = 0.3;
      o.layers =
          parse_layers("dense(16) norm tanh dropout(0.2) dense(8) norm tanh dropout(0.2) dense");
      const NetworkProblem problem(sparse ? sparse_toy_data() : toy_data(), o);
      const auto session = problem.start(1, 40, {1});
      session->select(1, example_range(0, 40));
      const AlignedVector<Real> theta = start_point(problem);
      AlignedVector<Real> v(theta.size());
      problem.initialize(*initializer_catalog().make("he"), 8, v);
      EXPECT_LT(check_hessian_vector(*session, theta, v), 1e-6) << sparse << batch_norm;
      // Gauss-Newton adds the curvature of the penalty, too: v'(G(l2) - G(0))v = l2 |v_weights|^2.
      o.l2 = 0;
      const NetworkProblem bare(sparse ? sparse_toy_data() : toy_data(), o);
      const auto other = bare.start(1, 40, {1});
      other->select(1, example_range(0, 40));
      AlignedVector<Real> with(theta.size()), without(theta.size());
      session->gauss_newton_vector(theta, v, with);
      other->gauss_newton_vector(theta, v, without);
      for (const Block& block : problem.layout().blocks())
        for (std::size_t i = block.offset; i < block.offset + block.size(); ++i)
          EXPECT_NEAR(with[i] - without[i], is_product(block.kind) ? 0.3 * v[i] : 0, 1e-12);
    }
}
#endif

}  // namespace
}  // namespace ravine
