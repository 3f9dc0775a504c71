#include "ravine/problems/network_session.hpp"

#include <algorithm>
#include <utility>

#include "ravine/linalg/panels.hpp"
#include "ravine/linalg/stats.hpp"

namespace ravine {
namespace {

// Measurements take chunks of this many examples, whatever the batch size: their bits must not
// depend on it.
constexpr std::size_t kMeasuredRows = 500;
constexpr std::size_t kMeasuredTraining = 10000;

// As many answers, where an example has several.
std::size_t examples_for(std::size_t answers, const Dataset& data) {
  return std::max<std::size_t>(answers / data.positions, 1);
}

Range measured_training(const Dataset& data) {
  return {data.train.begin,
          data.train.begin + std::min(data.train.size(), examples_for(kMeasuredTraining, data))};
}

std::size_t measured_rows(const Dataset& data) {
  const std::size_t longest =
      std::max({measured_training(data).size(), data.validation.size(), data.test.size()});
  return std::min(longest, examples_for(kMeasuredRows, data));
}

std::size_t scratch_bytes(const Network& network, bool uses_curvature, Threads threads) {
  return static_cast<std::size_t>(std::max(threads.count, 1)) *
         network.scratch_bytes(uses_curvature);
}

}  // namespace

struct NetworkSession::Measurement {
  double loss = Metrics::kNone, reported = Metrics::kNone, accuracy = Metrics::kNone;
};

NetworkSession::NetworkSession(std::shared_ptr<const NetworkModel> model, std::uint64_t seed,
                               std::size_t batch_size, Threads threads)
    : model_(std::move(model)),
      training_{threads, true, seed, 0},
      inference_{threads, false, seed, 0},
      batch_(*model_->data, batch_size, model_->reconstruct),
      measured_batch_(*model_->data, measured_rows(*model_->data), model_->reconstruct),
      workspace_(model_->network, batch_size, Workspace::Use::kTraining),
      measured_workspace_(model_->network, measured_rows(*model_->data),
                          Workspace::Use::kInference),
      running_(model_->network, batch_size),
      exact_(model_->network) {}

void NetworkSession::select(std::int64_t step, std::span<const std::int32_t> examples) {
  training_.step = step;
  batch_.load(examples);
  running_.begin_step();
}

double NetworkSession::do_evaluate(std::span<const Real> theta, std::span<Real> gradient) {
  const Network& network = model_->network;
  const Input x = batch_.input();
  const double rows = static_cast<double>(batch_.rows());
  const Targets targets = batch_.targets();
  const double answers = static_cast<double>(cases(batch_.rows(), targets));
  const MatrixView<const Real> z = network.forward(training_, theta, x, workspace_);
  const double sum =
      model_->loss->sum(training_.threads, z, targets, static_cast<Real>(1 / answers),
                        workspace_.output_delta(batch_.rows()));
  const double terms = network.objective_terms(training_, theta, x, workspace_);
  if (!gradient.empty()) {
    running_.capture(workspace_.statistics(), batch_.rows());
    Pass pass = training_;
    pass.term_scale = static_cast<Real>(1 / rows);
    if (model_->l2 == 0)
      pass.weight_gradients = start_without_penalty(gradient);
    else
      start_gradient(theta, gradient);
    network.backward(pass, theta, x, workspace_, gradient);
  }
  return sum / answers + terms / rows + penalty(theta);
}

// First-order trials should not pay for the memory of curvature.
CurvatureProducts& NetworkSession::curvature() {
  if (!curvature_)
    curvature_ = std::make_unique<CurvatureProducts>(model_->network, batch_.capacity());
  return *curvature_;
}

CurvatureProducts::Point NetworkSession::point(std::span<const Real> theta) {
  return {training_, *model_->loss, theta, batch_.input(), batch_.targets(), workspace_};
}

void NetworkSession::add_curvature(Curvature kind, std::span<const Real> theta,
                                   std::span<const Real> v, std::span<Real> product) {
  start_gradient(v, product);  // the penalty is quadratic: its curvature is its gradient at v
  curvature().add_product(kind, point(theta), v, product);
}

bool NetworkSession::do_mean_squared_gradient(std::span<const Real> theta, std::span<Real> out) {
  std::ranges::fill(out, Real(0));
  return curvature().add_mean_squared_gradient(point(theta), out);
}

// Layers add to the gradient, so it starts as that of the penalty.
void NetworkSession::start_gradient(std::span<const Real> theta, std::span<Real> gradient) const {
  std::ranges::fill(gradient, Real(0));
  if (model_->l2 == 0) return;
  const Real l2 = static_cast<Real>(model_->l2);
  for (const Block& block : model_->network.layout().blocks()) {
    if (!is_decayed(block.kind)) continue;
    for_elements(training_.threads, block.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = block.offset + begin; i < block.offset + end; ++i)
        gradient[i] = l2 * theta[i];
    });
  }
}

// Weights are most of a gradient: writing zeros all over them only to add to these would take a
// tenth of a wide network's step.
Start NetworkSession::start_without_penalty(std::span<Real> gradient) const {
  std::size_t end = 0;  // of the last weights
  const auto clear_until = [&](std::size_t begin) {
    std::ranges::fill(gradient.subspan(end, begin - end), Real(0));
  };
  for (const Block& block : model_->network.layout().blocks()) {
    if (!is_product(block.kind)) continue;
    clear_until(block.offset);
    end = block.offset + block.size();
  }
  clear_until(gradient.size());
  return Start::kZero;
}

double NetworkSession::penalty(std::span<const Real> theta) const {
  if (model_->l2 == 0) return 0;
  double squares = 0;
  for (const Block& block : model_->network.layout().blocks())
    if (is_decayed(block.kind)) squares += squared_norm(training_.threads, block.of(theta));
  return 0.5 * model_->l2 * squares;
}

Metrics NetworkSession::measure(std::span<const Real> theta) {
  if (!running_.ready()) return measure_averaged(theta);  // before the first step
  running_.read(measured_workspace_.statistics());
  return measure_with_statistics(theta);
}

Metrics NetworkSession::measure_averaged(std::span<const Real> theta) {
  exact_.compute(inference_, theta, measured_training(*model_->data), measured_batch_,
                 measured_workspace_);
  return measure_with_statistics(theta);
}

Metrics NetworkSession::measure_with_statistics(std::span<const Real> theta) {
  const Measurement train = measure_range(theta, measured_training(*model_->data));
  const Measurement validation = measure_range(theta, model_->data->validation);
  const Measurement test = measure_range(theta, model_->data->test);
  return {.objective = train.loss + penalty(theta),
          .train_loss = train.reported,
          .train_accuracy = train.accuracy,
          .validation_loss = validation.reported,
          .validation_accuracy = validation.accuracy,
          .test_loss = test.reported,
          .test_accuracy = test.accuracy};
}

NetworkSession::Measurement NetworkSession::measure_range(std::span<const Real> theta,
                                                          Range range) {
  Measurement result;
  if (range.size() == 0) return result;
  const std::size_t step = measured_batch_.capacity();
  double loss = 0, reported = 0, terms = 0;
  std::int64_t correct = 0;
  for (std::size_t begin = range.begin; begin < range.end; begin += step) {
    measured_batch_.load_range(begin, std::min(range.end, begin + step));
    const Input x = measured_batch_.input();
    const MatrixView<const Real> z =
        model_->network.forward(inference_, theta, x, measured_workspace_);
    terms += model_->network.objective_terms(inference_, theta, x, measured_workspace_);
    const Targets targets = measured_batch_.targets();
    const auto sum = [&](const Loss& which) {
      return which.sum(inference_.threads, z, targets, Real(1),
                       measured_workspace_.output_delta(z.rows));
    };
    loss += sum(*model_->loss);
    if (model_->reported) reported += sum(*model_->reported);
    if (!targets.labels.empty())
      correct += count_correct(Loss::by_case(z, targets.positions), targets.labels);
  }
  const double rows = static_cast<double>(range.size());
  const double answers =
      model_->reconstruct ? rows : rows * static_cast<double>(model_->data->positions);
  result.loss = loss / answers + terms / rows;
  result.reported = model_->reported ? reported / answers + terms / rows : result.loss;
  if (model_->data->classes > 0 && !model_->reconstruct)
    result.accuracy = static_cast<double>(correct) / answers;
  return result;
}

const std::vector<LayerDiagnostics>& NetworkSession::diagnose(std::span<const Real> theta) {
  if (!diagnostics_) diagnostics_ = std::make_unique<NetworkDiagnostics>(model_, training_);
  return diagnostics_->measure(theta);
}

std::size_t NetworkSession::bytes(const NetworkModel& model, std::size_t batch_size,
                                  bool uses_curvature, Threads threads) {
  using Use = Workspace::Use;
  const std::size_t measured = measured_rows(*model.data);
  return Batch::bytes(*model.data, batch_size, model.reconstruct) +
         Batch::bytes(*model.data, measured, model.reconstruct) +
         Workspace::bytes(model.network, batch_size, Use::kTraining) +
         Workspace::bytes(model.network, measured, Use::kInference) +
         (uses_curvature ? CurvatureProducts::bytes(model.network, batch_size) : 0) +
         scratch_bytes(model.network, uses_curvature, threads);
}

std::size_t NetworkSession::workspace_bytes() const {
  return batch_.bytes() + measured_batch_.bytes() + workspace_.bytes() +
         measured_workspace_.bytes() + (curvature_ ? curvature_->bytes() : 0) +
         scratch_bytes(model_->network, curvature_ != nullptr, training_.threads);
}

}  // namespace ravine
