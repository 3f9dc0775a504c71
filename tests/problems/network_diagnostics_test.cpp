#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "problems/toy_data.hpp"
#include "problems/toy_network.hpp"
#include "ravine/core/error.hpp"
#include "ravine/data/text.hpp"
#include "ravine/problems/network_problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {
namespace {

using Matrix = std::vector<std::vector<double>>;

constexpr std::size_t kCases = 300;
// Sums of float products against sums in double.
constexpr double kTolerance = sizeof(Real) == 4 ? 2e-5 : 1e-12;

// tanh layers of any number, softmax, by loops in double over the first 300 test examples.
struct ByHand {
  std::vector<Matrix> s, h, delta;  // of each layer, (case, unit)

  ByHand(const Dataset& data, const ParameterLayout& layout, std::span<const Real> theta,
         std::size_t layers) {
    Matrix x(kCases);
    for (std::size_t i = 0; i < kCases; ++i)
      for (std::size_t j = 0; j < data.features.cols; ++j)
        x[i].push_back(data.features.dense[(data.test.begin + i) * data.features.cols + j]);
    for (std::size_t l = 0; l < layers; ++l) {
      const Block& w = layout.block(fmt::format("dense{}/weight", l));
      const Block& b = layout.block(fmt::format("dense{}/bias", l));
      Matrix out(kCases, std::vector<double>(w.cols));
      for (std::size_t i = 0; i < kCases; ++i)
        for (std::size_t j = 0; j < w.cols; ++j) {
          out[i][j] = b.of(theta)[j];
          for (std::size_t k = 0; k < w.rows; ++k)
            out[i][j] += x[i][k] * w.of(theta)[k * w.cols + j];
        }
      s.push_back(out);
      if (l + 1 < layers)
        for (auto& row : out)
          for (double& value : row) value = std::tanh(value);
      h.push_back(out);
      x = out;
    }
    delta.resize(layers);
    delta.back() = s.back();
    for (std::size_t i = 0; i < kCases; ++i) {
      std::vector<double>& row = delta.back()[i];
      double total = 0;
      for (double& value : row) total += value = std::exp(value);
      for (double& value : row) value /= total;
      row[static_cast<std::size_t>(data.labels[data.test.begin + i])] -= 1;
    }
    for (std::size_t l = layers - 1; l-- > 0;) {
      const Block& w = layout.block(fmt::format("dense{}/weight", l + 1));
      delta[l] = h[l];
      for (std::size_t i = 0; i < kCases; ++i)
        for (std::size_t k = 0; k < w.rows; ++k) {
          double sum = 0;
          for (std::size_t j = 0; j < w.cols; ++j)
            sum += w.of(theta)[k * w.cols + j] * delta[l + 1][i][j];
          delta[l][i][k] = sum * (1 - h[l][i][k] * h[l][i][k]);
        }
    }
  }
};

std::vector<double> flat(const Matrix& matrix) {
  std::vector<double> all;
  for (const auto& row : matrix) all.insert(all.end(), row.begin(), row.end());
  return all;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::pow(value - mean(values), 2);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

void expect_summary(const Summary& summary, std::vector<double> values) {
  EXPECT_NEAR(summary.mean, mean(values), kTolerance);
  EXPECT_NEAR(summary.standard_deviation, deviation(values), kTolerance);
  std::sort(values.begin(), values.end());
  const double place = 0.85 * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const double share = place - static_cast<double>(low);
  EXPECT_NEAR(summary.quantiles[5], (1 - share) * values[low] + share * values[low + 1],
              kTolerance);
}

TEST(NetworkDiagnostics, AgreeWithALoopOverLayers) {
  const auto data = toy_data();
  NetworkProblem::Options options;
  options.layers = parse_layers("dense(16) tanh dense(8) tanh dense");
  options.l2 = 0.1;  // no part of the gradients that are shown
  const NetworkProblem problem(data, options);
  const AlignedVector<Real> theta = start_point(problem);
  const ByHand expected(*data, problem.layout(), theta, 3);
  const auto session = problem.start(1, 50, {1});
  const auto& rows = session->diagnose(theta);
  ASSERT_EQ(rows.size(), 3u);
  for (std::size_t l = 0; l < 3; ++l) {
    EXPECT_EQ(rows[l].layer, static_cast<double>(l + 1));
    expect_summary(rows[l].input, flat(expected.s[l]));
    expect_summary(rows[l].activation, flat(expected.h[l]));
    expect_summary(rows[l].delta, flat(expected.delta[l]));
    std::vector<double> unit, variances, bias_gradient(expected.s[l][0].size());
    for (std::size_t i = 0; i < kCases; ++i) {
      unit.push_back(expected.s[l][i][0]);
      variances.push_back(std::pow(deviation(expected.s[l][i]), 2));
      for (std::size_t j = 0; j < bias_gradient.size(); ++j)
        bias_gradient[j] += expected.delta[l][i][j] / kCases;
    }
    expect_summary(rows[l].unit, unit);
    EXPECT_NEAR(rows[l].units_std, std::sqrt(mean(variances)), kTolerance);
    double squares = 0;
    for (const double value : bias_gradient) squares += value * value;
    EXPECT_NEAR(rows[l].bias_gradient_norm, std::sqrt(squares), kTolerance);
    EXPECT_TRUE(std::isnan(rows[l].gain_gradient_norm));

    const Block& w = problem.layout().block(fmt::format("dense{}/weight", l));
    expect_summary(rows[l].weight, {w.of(std::span<const Real>(theta)).begin(),
                                    w.of(std::span<const Real>(theta)).end()});
    // dL/dW_kj = (1/n) sum_i h_ik delta_ij, with the layer below or the examples as h.
    std::vector<double> gradient;
    for (std::size_t k = 0; k < w.rows; ++k)
      for (std::size_t j = 0; j < w.cols; ++j) {
        double sum = 0;
        for (std::size_t i = 0; i < kCases; ++i) {
          const double below =
              l > 0 ? expected.h[l - 1][i][k]
                    : data->features.dense[(data->test.begin + i) * data->features.cols + k];
          sum += below * expected.delta[l][i][j];
        }
        gradient.push_back(sum / kCases);
      }
    expect_summary(rows[l].weight_gradient, gradient);
  }
}

TEST(NetworkDiagnostics, SeeWhatBatchNormalizationStandardizes) {
  for (const char* placement : {"hidden", "input+hidden"}) {
    NetworkProblem::Options options;
    options.layers =
        parse_layers("norm dense(16) norm sigmoid dropout(0.2) dense(8) norm dropout(0.2) dense");
    options.batch_norm = parse_batch_norm(placement);
    const NetworkProblem problem(toy_data(), options);
    const auto session = problem.start(1, 50, {1});
    const auto& rows = session->diagnose(start_point(problem));
    ASSERT_EQ(rows.size(), 3u);
    for (std::size_t l = 0; l < 2; ++l) {
      EXPECT_NEAR(rows[l].unit.mean, 0, 1e-5);
      EXPECT_NEAR(rows[l].unit.standard_deviation, 1, 1e-3);
      EXPECT_GT(rows[l].gain_gradient_norm, 0);
      EXPECT_GT(rows[l].bias_gradient_norm, 0);
    }
    EXPECT_EQ(rows[1].input.quantiles, rows[1].activation.quantiles);
    EXPECT_TRUE(std::isnan(rows[2].gain_gradient_norm));
  }
}

TEST(NetworkDiagnostics, FindNoDifferenceBetweenEqualUnits) {
  NetworkProblem::Options options;
  options.layers = parse_layers("dense(16) tanh dense");
  const NetworkProblem problem(toy_data(), options);
  const auto session = problem.start(1, 50, {1});
  EXPECT_NEAR(session->diagnose(start_point(problem, "constant(value=0.1)"))[0].units_std, 0, 1e-6);
  EXPECT_GT(session->diagnose(start_point(problem))[0].units_std, 0.1);
}

TEST(NetworkDiagnostics, LeaveTrainingAlone) {
  NetworkProblem::Options options;
  options.layers = parse_layers("dense(16) norm tanh dropout(0.3) dense");
  options.batch_norm = BatchNormPlacement::kHidden;
  const NetworkProblem problem(toy_data(), options);
  AlignedVector<Real> gradients[2];
  double losses[2];
  for (const bool diagnosed : {false, true}) {
    const AlignedVector<Real> theta = start_point(problem);
    const auto session = problem.start(1, 50, {1});
    session->select(1, example_range(0, 50));
    if (diagnosed) session->diagnose(theta);
    gradients[diagnosed].resize(theta.size());
    session->evaluate(theta, gradients[diagnosed]);
    if (diagnosed) session->diagnose(theta);
    session->fold_statistics();
    losses[diagnosed] = session->measure(theta).test_loss;
    EXPECT_EQ(session->counts().gradients, 1);
  }
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_TRUE(std::ranges::equal(gradients[0], gradients[1]));
}

// Means over all answers, of which an example of a sequence has several.
TEST(NetworkDiagnostics, GradientsOfSequencesAreThoseOfTraining) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "abcd"[(i * i + i / 7) % 4];
  NetworkProblem::Options options;
  options.layers = parse_layers("embedding(4) tanh position_dense");
  const NetworkProblem problem(
      std::make_shared<Dataset>(
          cut_text({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, 9, "it")),
      options);
  const AlignedVector<Real> theta = start_point(problem);
  const std::size_t examples = problem.train_end() - problem.train_begin();
  ASSERT_LT(examples, kCases);
  const auto session = problem.start(1, examples, {1});
  session->select(1, example_range(problem.train_begin(), problem.train_end()));
  AlignedVector<Real> gradient(theta.size());
  session->evaluate(theta, gradient);
  double squares = 0;
  for (const Real g : problem.layout().blocks()[1].of(std::span<const Real>(gradient)))
    squares += double{g} * double{g};
  ASSERT_GT(squares, 0);
  EXPECT_NEAR(session->diagnose(theta).back().weight_gradient_norm / std::sqrt(squares), 1,
              kTolerance);
}

TEST(NetworkDiagnostics, NeedLayers) {
  const auto problem = Catalogs().make_problem("rosenbrock");
  const auto session = problem->start(1, 1, {1});
  EXPECT_FALSE(problem->offers().has(Capability::kLayers));
  EXPECT_THROW(session->diagnose(start_point(*problem)), Error);
}

TEST(LayerDiagnostics, HaveADistinctNameForEveryNumber) {
  std::map<std::string, int> names;
  LayerDiagnostics().each([&](const std::string& name, double) { ++names[name]; });
  EXPECT_EQ(names.size(), 1u + 6 * 9 + 4);
  for (const char* name : {"layer", "input_mean", "delta_std", "unit_q02", "unit_q85", "units_std"})
    EXPECT_EQ(names[name], 1) << name;
}

}  // namespace
}  // namespace ravine
