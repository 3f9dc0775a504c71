#include "ravine/nn/network.hpp"

#include <string>
#include <utility>

#include "ravine/core/component.hpp"
#include "ravine/nn/batch_norm.hpp"
#include "ravine/nn/dense.hpp"
#include "ravine/nn/dropout.hpp"
#include "ravine/nn/workspace.hpp"

namespace ravine {
namespace {

// The inputs of a network are constant: in front of the first layer R{x} is empty.
LayerState tangent_state(Workspace& tangents, std::size_t layer, const Input& x) {
  LayerState state = tangents.state(layer, x);
  if (layer == 0) state.x = {};
  return state;
}

}  // namespace

BatchNormPlacement parse_batch_norm(std::string_view name) {
  check_choice("batch-norm", std::string(name), "off|hidden|input+hidden");
  if (name == "off") return BatchNormPlacement::kOff;
  return name == "hidden" ? BatchNormPlacement::kHidden : BatchNormPlacement::kInputAndHidden;
}

Network::Network(const NetworkShape& shape) {
  std::size_t norms = 0, width = shape.inputs;
  const auto normalize = [&] {
    layers_.push_back(std::make_unique<BatchNorm>(norms++, width, layout_));
  };
  if (shape.batch_norm == BatchNormPlacement::kInputAndHidden) normalize();
  const bool hidden_norm = shape.batch_norm != BatchNormPlacement::kOff;
  for (std::size_t i = 0; i < shape.hidden.size(); ++i) {
    const HiddenLayer& hidden = shape.hidden[i];
    layers_.push_back(std::make_unique<Dense>(i, width, hidden.width, !hidden_norm, layout_));
    width = hidden.width;
    if (hidden_norm) normalize();
    if (hidden.activation != Activation::kLinear)
      layers_.push_back(std::make_unique<ActivationLayer>(hidden.activation, width));
    if (shape.dropout > 0) layers_.push_back(std::make_unique<Dropout>(i, width, shape.dropout));
  }
  layers_.push_back(
      std::make_unique<Dense>(shape.hidden.size(), width, shape.outputs, true, layout_));
  for (const auto& layer : layers_) statistics_size_ += layer->statistics_size();
}

double Network::flops_per_example() const {
  double products = 0;
  for (const auto& layer : layers_) products += 3 * layer->multiplications();
  return 2 * (products - layers_.front()->multiplications());  // no dX for the first layer
}

void Network::initialize(const Initializer& initializer, std::uint64_t seed,
                         std::span<Real> theta) const {
  std::ranges::fill(theta, Real(0));
  for (const auto& layer : layers_) layer->initialize(initializer, seed, theta);
}

MatrixView<const Real> Network::forward(const Pass& pass, std::span<const Real> theta,
                                        const Input& x, Workspace& workspace, std::size_t count,
                                        const LayerObserver& observer) const {
  MatrixView<const Real> y;
  for (std::size_t i = 0; i < count; ++i) {
    const LayerState state = workspace.state(i, x);
    layers_[i]->forward(pass, theta, state);
    y = state.y;
    if (observer) observer(i, y);
  }
  return y;
}

void Network::backward(const Pass& pass, std::span<const Real> theta, const Input& x,
                       Workspace& workspace, std::span<Real> gradient,
                       const LayerObserver& observer) const {
  MatrixView<Real> dy = workspace.output_delta(x.rows());
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const Layer& layer = *layers_[i];
    if (observer) observer(i, dy);
    MatrixView<Real> dx;
    if (layer.works_in_place())
      dx = dy;
    else if (i > 0)
      dx = workspace.next_delta(dy, layer.inputs());
    layer.backward(pass, theta, workspace.state(i, x), dy, dx, gradient);
    dy = dx;
  }
}

MatrixView<const Real> Network::tangent_forward(const Pass& pass, std::span<const Real> theta,
                                                std::span<const Real> v, const Input& x,
                                                Workspace& workspace, Workspace& tangents) const {
  MatrixView<const Real> ty;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const LayerState tangent = tangent_state(tangents, i, x);
    layers_[i]->tangent_forward(pass, theta, v, workspace.state(i, x), tangent);
    ty = tangent.y;
  }
  return ty;
}

void Network::tangent_backward(const Pass& pass, std::span<const Real> theta,
                               std::span<const Real> v, const Input& x, Workspace& workspace,
                               Workspace& tangents, std::span<Real> hv) const {
  Dual dy = {workspace.output_delta(x.rows()), tangents.output_delta(x.rows())};
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const Layer& layer = *layers_[i];
    Dual dx;
    if (layer.works_in_place())
      dx = dy;
    else if (i > 0)
      dx = {workspace.next_delta(dy.value, layer.inputs()),
            tangents.next_delta(dy.tangent, layer.inputs())};
    layer.tangent_backward(pass, theta, v, workspace.state(i, x), tangent_state(tangents, i, x), dy,
                           dx, hv);
    dy = dx;
  }
}

}  // namespace ravine
