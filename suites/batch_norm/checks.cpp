#include "checks.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "ravine/core/random.hpp"
#include "ravine/data/data_catalog.hpp"
#include "ravine/nn/layers/batch_norm.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine::batch_norm {
namespace {

constexpr std::size_t kRows = 64, kCols = 5;
using Values = AlignedVector<Real>;

/// One normalizing layer on one batch: y = gamma (x - mu) / sigma + beta and its derivatives.
class Normalized {
 public:
  explicit Normalized(Values x) : x_(std::move(x)), y_(x_.size()), dx_(x_.size()) {
    layer_ = std::make_unique<BatchNorm>(0, Shape::vector(kCols), kCols, layout_);
    theta_.resize(layout_.size());
    std::ranges::fill(gain(), Real(1));
    forward();
  }
  std::span<Real> gain() { return layout_.blocks()[0].of(std::span(theta_)); }
  std::span<Real> bias() { return layout_.blocks()[1].of(std::span(theta_)); }
  const Values& x() const { return x_; }
  const Values& y() const { return y_; }
  const Values& dx() const { return dx_; }
  double mean(std::size_t j) const { return statistics_[j]; }
  double sigma(std::size_t j) const {
    return std::sqrt(BatchNorm::kDelta + statistics_[kCols + j]);
  }

  void forward() { layer_->forward(kPass, theta_, state()); }
  void backward(Values dy) {
    Values gradient(theta_.size());
    layer_->backward(kPass, theta_, state(), {dy, kRows, kCols}, {dx_, kRows, kCols}, gradient);
  }

 private:
  static constexpr Pass kPass = {.threads = {1}, .training = true};
  LayerState state() {
    LayerState state;
    state.x.dense = MatrixView<Real>(x_, kRows, kCols);
    state.y = MatrixView<Real>(y_, kRows, kCols);
    state.statistics = statistics_;
    return state;
  }

  ParameterLayout layout_;
  std::unique_ptr<BatchNorm> layer_;
  Values theta_, x_, y_, dx_;
  std::vector<double> statistics_ = std::vector<double>(2 * kCols);
};

Values normals(std::uint64_t index, double scale = 1, double shift = 0) {
  RandomStream stream(0, Purpose::kProblem, index);
  Values values(kRows * kCols);
  for (Real& value : values) value = static_cast<Real>(shift + scale * stream.normal());
  return values;
}

double largest_difference(std::span<const Real> a, std::span<const Real> b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

/// sum_i weight(i) values_ij of the column j in which that is largest.
template <class Weight>
double largest_column_sum(std::span<const Real> values, Weight weight) {
  double largest = 0;
  for (std::size_t j = 0; j < kCols; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < kRows; ++i) sum += weight(i * kCols + j) * values[i * kCols + j];
    largest = std::max(largest, std::abs(sum));
  }
  return largest;
}

double norm(std::span<const Real> values) {
  double squares = 0;
  for (const Real value : values) squares += static_cast<double>(value) * value;
  return std::sqrt(squares);
}

void add_standardization(std::vector<Check>& checks) {
  const Normalized layer(normals(1, 3, 7));
  checks.push_back({"L23.mean", "H' = (H - mu) / sigma has the mean 0 in every column.",
                    "largest mean of 5 columns of 64 cases", 0,
                    largest_column_sum(layer.y(), [](std::size_t) { return 1.0 / kRows; }), 1e-6});
  double squares = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    const double y = layer.y()[i * kCols];
    squares += y * y / kRows;
  }
  const double variance = layer.sigma(0) * layer.sigma(0) - BatchNorm::kDelta;
  checks.push_back({"L23.variance", "H' = (H - mu) / sigma has the variance 1, but for delta.",
                    "variance of the first column", variance / (variance + BatchNorm::kDelta),
                    squares, 1e-6});
}

// Ioffe & Szegedy 2015, section 3.3; delta = 1e-5 is 1e-5 of the variance here.
void add_scale_invariance(std::vector<Check>& checks) {
  constexpr double kFactor = 16;  // exact in floating point
  Normalized one(normals(2)), scaled(normals(2, kFactor));
  const Values dy = normals(3);
  one.backward(dy);
  scaled.backward(dy);
  checks.push_back({"L23.scale",
                    "The scale of the weights below does not matter: BN(a W u) = "
                    "BN(W u).",
                    "largest change of an output for a = 16", 0,
                    largest_difference(one.y(), scaled.y()), 1e-4});
  checks.push_back({"L23.gradient_scale",
                    "Larger weights have smaller gradients, which stabilizes their growth: the "
                    "gradient below shrinks by 1 / a.",
                    "norm of dL/dx for a = 16 over that for a = 1", 1 / kFactor,
                    norm(scaled.dx()) / norm(one.dx()), 1e-5});
}

void add_projections(std::vector<Check>& checks) {
  Normalized layer(normals(4, 2, -1));
  layer.backward(normals(5));
  checks.push_back({"L24.mean",
                    "No update acts only to raise the mean of an activation: sum_i dL/dx_i = 0.",
                    "largest sum over a column", 0,
                    largest_column_sum(layer.dx(), [](std::size_t) { return 1.0; }), 1e-5});
  checks.push_back({"L24.deviation",
                    "No update acts only to raise its standard deviation: sum_i x^_i dL/dx_i = 0.",
                    "largest sum over a column", 0,
                    largest_column_sum(layer.dx(), [&](std::size_t i) { return layer.y()[i]; }),
                    1e-4});
}

// Batches of a network whose weights stand still: the running averages have a closed form.
void add_running_averages(std::vector<Check>& checks) {
  constexpr std::size_t kBatch = 20, kSteps = 5;
  const auto problem = Catalogs().make_problem("mlp(data=glyphs, hidden=3, train=100)", "hidden");
  const auto data = data_catalog().load({.name = "glyphs", .train = 100});
  Values theta(problem->layout().size()), gradient(theta.size());
  problem->initialize(*initializer_catalog().make("he"), 0, theta);
  const auto session = problem->start(0, kBatch, {1});
  const Block& weight = problem->layout().block("dense0/weight");
  Values x(kBatch * weight.rows);
  double mean = 0, variance = 0;
  for (std::size_t step = 0; step < kSteps; ++step) {
    std::vector<std::int32_t> examples;
    while (examples.size() < kBatch)
      examples.push_back(static_cast<std::int32_t>(step * kBatch + examples.size()));
    gather(data->features, examples, x.data());
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < kBatch; ++i) {
      double s = 0;
      for (std::size_t k = 0; k < weight.rows; ++k)
        s += static_cast<double>(x[i * weight.rows + k]) *
             weight.of(std::span<const Real>(theta))[k * weight.cols];
      sum += s / kBatch;
      squares += s * s / kBatch;
    }
    mean += sum / kSteps;
    variance += (squares - sum * sum) * kBatch / (kBatch - 1) / kSteps;
    session->select(static_cast<std::int64_t>(step + 1), examples);
    session->evaluate(theta, gradient);
    session->fold_statistics();
  }
  checks.push_back({"L25.mean",
                    "Test time uses averages that were collected in training: over the first "
                    "steps the plain mean of the batches' mu.",
                    "running mean of a unit after 5 batches", mean, session->buffers()[0], 1e-5});
  checks.push_back({"L25.variance",
                    "The same for the unbiased sigma^2 (averaged instead of sigma).",
                    "running variance of a unit after 5 batches", variance,
                    session->buffers()[weight.cols], 1e-5});
}

void add_expressive_power(std::vector<Check>& checks) {
  Normalized layer(normals(6, 2, 3));
  for (std::size_t j = 0; j < kCols; ++j) {
    layer.gain()[j] = static_cast<Real>(layer.sigma(j));
    layer.bias()[j] = static_cast<Real>(layer.mean(j));
  }
  layer.forward();
  checks.push_back({"L26.identity",
                    "gamma H' + beta gives back what standardizing takes: gamma = sigma and beta = "
                    "mu are the identity.",
                    "largest change of an activation", 0, largest_difference(layer.x(), layer.y()),
                    5e-6});
}

}  // namespace

std::vector<Check> checks() {
  std::vector<Check> checks;
  add_standardization(checks);
  add_scale_invariance(checks);
  add_projections(checks);
  add_running_averages(checks);
  add_expressive_power(checks);
  return checks;
}

}  // namespace ravine::batch_norm
