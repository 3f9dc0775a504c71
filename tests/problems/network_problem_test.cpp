#include "ravine/problems/network_problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "problems/toy_network.hpp"
#include "ravine/core/error.hpp"
#include "ravine/testing/gradient_check.hpp"

namespace ravine {
namespace {

TEST(NetworkProblem, LearnsAndMeasuresEveryPart) {
  const NetworkProblem problem(toy_data(), toy_options("hidden"));
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

TEST(NetworkProblem, MeasuringChangesNothingThatTrainingSees) {
  const NetworkProblem problem(toy_data(), toy_options("hidden"));
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
  const NetworkProblem problem(toy_data(), toy_options());
  const AlignedVector<Real> theta = start_point(problem);
  const Metrics small = problem.start(1, 10, {1})->measure(theta);
  const Metrics large = problem.start(1, 1300, {4})->measure(theta);
  for (const MetricInfo& column : kMetrics)
    EXPECT_EQ(small.*column.value, large.*column.value) << column.name;
}

TEST(NetworkProblem, PenaltyIsPartOfObjectiveAndGradientButNotOfLosses) {
  NetworkProblem::Options plain = toy_options(), decayed = toy_options();
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
  const NetworkProblem a(sparse, toy_options("hidden")), b(dense, toy_options("hidden"));
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
  NetworkProblem::Options o = toy_options();
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
  const NetworkProblem problem(data, toy_options());
  const Metrics metrics = problem.start(1, 50, {1})->measure(start_point(problem));
  EXPECT_TRUE(std::isnan(metrics.validation_loss));
  EXPECT_TRUE(std::isnan(metrics.validation_accuracy));
  EXPECT_FALSE(std::isnan(metrics.test_loss));
}

// Through the whole problem: the L2 penalty, sparse inputs, the masks and batch statistics of the
// step.
#ifdef RAVINE_DOUBLE  // differences need its precision
TEST(NetworkProblem, HessianProductsAgreeWithCentralDifferences) {
  for (const bool sparse : {false, true})
    for (const char* batch_norm : {"off", "hidden"}) {
      auto o = toy_options(batch_norm);
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
