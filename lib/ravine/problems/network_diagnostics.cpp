#include "ravine/problems/network_diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ravine/linalg/stats.hpp"

namespace ravine {
namespace {

Range examples_of(const Dataset& data) {
  const Range part = data.test.size() > 0 ? data.test : data.train;
  return {part.begin, part.begin + std::min(part.size(), NetworkDiagnostics::kCases)};
}

}  // namespace

NetworkDiagnostics::NetworkDiagnostics(std::shared_ptr<const NetworkModel> model, const Pass& pass)
    : model_(std::move(model)),
      pass_(pass),
      batch_(*model_->data, examples_of(*model_->data).size(), model_->reconstruct),
      workspace_(model_->network, batch_.capacity(), Workspace::Use::kTraining),
      gradient_(model_->network.layout().size()) {
  pass_.training = true;
  pass_.step = 0;
  const Range range = examples_of(*model_->data);
  batch_.load_range(range.begin, range.end);
  find_stages();
  rows_.resize(stages_.size());
}

void NetworkDiagnostics::find_stages() {
  const std::vector<Block>& blocks = model_->network.layout().blocks();
  const auto& steps = model_->network.steps();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const LayerRole role = steps[i].layer ? steps[i].layer->role() : LayerRole::kOther;
    if (role == LayerRole::kWeights) stages_.push_back({i, i});
    if (stages_.empty()) continue;  // the normalized input
    Stage& stage = stages_.back();
    if (role == LayerRole::kNormalization) stage.input = stage.activation = i;
    if (role == LayerRole::kActivation) stage.activation = i;
    for (std::size_t k = steps[i].first_block; k < steps[i].last_block; ++k)
      (blocks[k].kind == BlockKind::kBias   ? stage.bias
       : blocks[k].kind == BlockKind::kGain ? stage.gain
                                            : stage.weight) = &blocks[k];
  }
}

const std::vector<LayerDiagnostics>& NetworkDiagnostics::measure(std::span<const Real> theta) {
  const Network& network = model_->network;
  const Input x = batch_.input();
  const MatrixView<const Real> z =
      network.forward(pass_, theta, x, workspace_, network.steps().size(),
                      [&](std::size_t step, MatrixView<const Real> y) { see_output(step, y); });
  model_->loss->sum(pass_.threads, z, batch_.targets(), Real(1),
                    workspace_.output_delta(batch_.rows()));
  std::ranges::fill(gradient_, Real(0));
  network.backward(pass_, theta, x, workspace_, gradient_,
                   [&](std::size_t step, MatrixView<const Real> dy) {
                     for (std::size_t i = 0; i < stages_.size(); ++i)
                       if (stages_[i].input == step) rows_[i].delta = summarize_copy(dy.elements());
                   });
  const Real scale = Real(1) / static_cast<Real>(cases(batch_.rows(), batch_.targets()));
  for (Real& value : gradient_) value *= scale;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const Stage& stage = stages_[i];
    LayerDiagnostics& row = rows_[i];
    row.layer = static_cast<double>(i + 1);
    if (stage.weight) {
      row.weight = summarize_copy(stage.weight->of(theta));
      row.weight_gradient = summarize_copy(stage.weight->of(std::span<const Real>(gradient_)));
    }
    row.weight_gradient_norm = gradient_norm(stage.weight);
    row.bias_gradient_norm = gradient_norm(stage.bias);
    row.gain_gradient_norm = gradient_norm(stage.gain);
  }
  return rows_;
}

void NetworkDiagnostics::see_output(std::size_t step, MatrixView<const Real> y) {
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    if (stages_[i].input == step) {
      rows_[i].input = summarize_copy(y.elements());
      see_units(rows_[i], y);
    }
    if (stages_[i].activation == step) rows_[i].activation = summarize_copy(y.elements());
  }
}

void NetworkDiagnostics::see_units(LayerDiagnostics& row, MatrixView<const Real> s) {
  scratch_.clear();
  double variances = 0;
  for (std::size_t i = 0; i < s.rows; ++i) {
    scratch_.push_back(s(i, 0));
    double sum = 0, squares = 0;
    for (const Real value : s.row(i)) sum += value;
    const double mean = sum / static_cast<double>(s.cols);
    for (const Real value : s.row(i)) squares += (value - mean) * (value - mean);
    variances += squares / static_cast<double>(s.cols);
  }
  row.unit = summarize(scratch_);
  row.units_std = std::sqrt(variances / static_cast<double>(s.rows));
}

Summary NetworkDiagnostics::summarize_copy(std::span<const Real> values) {
  scratch_.assign(values.begin(), values.end());
  return summarize(scratch_);
}

double NetworkDiagnostics::gradient_norm(const Block* block) const {
  if (!block) return Summary::kNone;
  return std::sqrt(squared_norm(pass_.threads, block->of(std::span<const Real>(gradient_))));
}

}  // namespace ravine
