// The statistics of batch normalization that measurements use.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "problems/toy_network.hpp"

namespace ravine {
namespace {

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

TEST(NetworkProblem, RunningAveragesFoldTheFirstEvaluationOfAStepOnce) {
  const NetworkProblem problem(toy_data(), toy_options("input+hidden"));
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

// The input layer's statistics are those of the data, so the averages can be followed by hand:
// 15 mini-batches of 50, of 2 (where m / (m - 1) doubles the variance) and of 50 with a remainder
// of 3 in every third place, which counts 3/50.
TEST(NetworkProblem, RunningAveragesFollowTheirFormula) {
  const auto data = toy_data();
  const NetworkProblem problem(data, toy_options("input+hidden"));
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
  const NetworkProblem problem(toy_data(), toy_options("input+hidden"));
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
  const NetworkProblem problem(data, toy_options("input+hidden"));
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

}  // namespace
}  // namespace ravine
