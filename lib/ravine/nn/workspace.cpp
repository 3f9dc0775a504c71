#include "ravine/nn/workspace.hpp"

#include <cassert>

namespace ravine {
namespace {

// Every loss needs room for dL/dz, even where only its value is wanted.
std::vector<std::size_t> delta_widths(const Network& network, Workspace::Use use) {
  if (use == Workspace::Use::kTraining) return network.plan().delta_widths;
  return {network.outputs()};
}

}  // namespace

Workspace::Workspace(const Network& network, std::size_t rows, Use use)
    : network_(&network), rows_(rows), statistics_(network.statistics_size()) {
  for (const std::size_t width : network.plan().value_widths) values_.emplace_back(rows * width);
  for (const std::size_t width : delta_widths(network, use)) deltas_.emplace_back(rows * width);
}

std::size_t Workspace::bytes() const {
  std::size_t reals = 0;
  for (const auto* buffers : {&values_, &deltas_})
    for (const auto& buffer : *buffers) reals += buffer.size();
  return reals * sizeof(Real) + statistics_.size() * sizeof(double);
}

std::size_t Workspace::bytes(const Network& network, std::size_t rows, Use use) {
  std::size_t units = 0;
  for (const std::size_t width : network.plan().value_widths) units += width;
  for (const std::size_t width : delta_widths(network, use)) units += width;
  return rows * units * sizeof(Real) + network.statistics_size() * sizeof(double);
}

MatrixView<const Real> Workspace::value(std::size_t buffer, const Input& network_input,
                                        std::size_t cols) {
  if (buffer == Step::kNetworkInput) return network_input.dense;
  return {std::span<const Real>(values_[buffer]), network_input.rows(), cols};
}

LayerState Workspace::state(const Step& step, const Input& network_input) {
  assert(network_input.rows() <= rows_);
  LayerState state;
  state.x = step.x == Step::kNetworkInput ? network_input
                                          : Input{value(step.x, network_input, step.inputs)};
  state.y = output(step, network_input.rows());
  state.statistics = statistics(step);
  return state;
}

}  // namespace ravine
