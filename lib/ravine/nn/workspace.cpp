#include "ravine/nn/workspace.hpp"

#include <algorithm>
#include <cassert>

namespace ravine {

Workspace::Workspace(const Network& network, std::size_t rows, Use use)
    : network_(&network), rows_(rows), statistics_(network.statistics_size()) {
  std::size_t offset = 0, widest = network.outputs();
  for (const auto& layer : network.layers()) {
    if (!layer->works_in_place()) outputs_.emplace_back(rows * layer->outputs());
    output_of_.push_back(outputs_.size() - 1);
    statistics_offset_.push_back(offset);
    offset += layer->statistics_size();
    widest = std::max(widest, layer->outputs());
  }
  // Every loss needs room for dL/dz, even where only its value is wanted.
  delta_[0].resize(rows * (use == Use::kTraining ? widest : network.outputs()));
  if (use == Use::kTraining) delta_[1].resize(rows * widest);
}

std::size_t Workspace::bytes() const {
  std::size_t reals = delta_[0].size() + delta_[1].size();
  for (const auto& output : outputs_) reals += output.size();
  return reals * sizeof(Real) + statistics_.size() * sizeof(double);
}

std::size_t Workspace::bytes(const Network& network, std::size_t rows, Use use) {
  std::size_t units = 0, widest = network.outputs();
  for (const auto& layer : network.layers()) {
    if (!layer->works_in_place()) units += layer->outputs();
    widest = std::max(widest, layer->outputs());
  }
  units += use == Use::kTraining ? 2 * widest : network.outputs();
  return rows * units * sizeof(Real) + network.statistics_size() * sizeof(double);
}

std::span<double> Workspace::statistics(std::size_t layer) {
  return std::span(statistics_)
      .subspan(statistics_offset_[layer], network_->layers()[layer]->statistics_size());
}

LayerState Workspace::state(std::size_t layer, const Input& network_input) {
  const std::size_t rows = network_input.rows();
  assert(rows <= rows_);
  const auto output = [&](std::size_t i) {
    return MatrixView<Real>(outputs_[output_of_[i]], rows, network_->layers()[i]->outputs());
  };
  LayerState state;
  state.x = layer == 0 ? network_input : Input{output(layer - 1), nullptr};
  state.y = output(layer);
  state.statistics = statistics(layer);
  return state;
}

MatrixView<Real> Workspace::output_delta(std::size_t rows) {
  return {delta_[0], rows, network_->outputs()};
}

MatrixView<Real> Workspace::next_delta(MatrixView<Real> delta, std::size_t cols) {
  AlignedVector<Real>& other = delta_[delta.data == delta_[0].data() ? 1 : 0];
  assert(!other.empty());
  return {other, delta.rows, cols};
}

}  // namespace ravine
