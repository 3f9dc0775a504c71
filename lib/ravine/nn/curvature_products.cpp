#include "ravine/nn/curvature_products.hpp"

#include <algorithm>
#include <cmath>

namespace ravine {
namespace {

std::size_t widest_pair(const Network& network) {
  std::size_t widest = 0;
  for (const auto& layer : network.layers())
    widest = std::max(widest, layer->inputs() + layer->outputs());
  return widest;
}

}  // namespace

CurvatureProducts::CurvatureProducts(const Network& network, std::size_t rows)
    : network_(&network),
      tangents_(network, rows, Workspace::Use::kTraining),
      scratch_(rows * widest_pair(network)),
      unused_(network.layout().size()) {}

void CurvatureProducts::add_product(Curvature kind, const Point& point, std::span<const Real> v,
                                    std::span<Real> product) {
  const auto& [pass, loss, theta, x, targets, workspace] = point;
  const Real scale = Real(1) / static_cast<Real>(x.rows());
  const MatrixView<const Real> z = network_->forward(pass, theta, x, workspace);
  const MatrixView<const Real> tz =
      network_->tangent_forward(pass, theta, v, x, workspace, tangents_);
  if (kind == Curvature::kGaussNewton) {
    loss.curvature_product(kind, pass.threads, z, targets, scale, tz,
                           workspace.output_delta(x.rows()));
    network_->backward(pass, theta, x, workspace, product);
  } else {
    loss.sum(pass.threads, z, targets, scale, workspace.output_delta(x.rows()));
    loss.curvature_product(kind, pass.threads, z, targets, scale, tz,
                           tangents_.output_delta(x.rows()));
    network_->tangent_backward(pass, theta, v, x, workspace, tangents_, product);
  }
}

bool CurvatureProducts::add_mean_squared_gradient(const Point& point, std::span<Real> squares) {
  const auto& layers = network_->layers();
  for (const auto& layer : layers)
    if (!layer->separates_examples()) return false;
  const auto& [pass, loss, theta, x, targets, workspace] = point;
  const MatrixView<const Real> z = network_->forward(pass, theta, x, workspace);
  MatrixView<Real> dy = workspace.output_delta(x.rows());
  // With g_i / sqrt(m) in the place of g_i, the sum of the squares is their mean.
  const double root = std::sqrt(static_cast<double>(x.rows()));
  loss.sum(pass.threads, z, targets, static_cast<Real>(1 / root), dy);
  for (std::size_t i = layers.size(); i-- > 0;) {
    const Layer& layer = *layers[i];
    const LayerState state = workspace.state(i, x);
    layer.add_squared_gradients(pass, state, dy, scratch_, squares);
    MatrixView<Real> dx;
    if (layer.works_in_place())
      dx = dy;
    else if (i > 0)
      dx = workspace.next_delta(dy, layer.inputs());
    layer.backward(pass, theta, state, dy, dx, unused_);
    dy = dx;
  }
  return true;
}

std::size_t CurvatureProducts::bytes() const {
  return tangents_.bytes() + (scratch_.size() + unused_.size()) * sizeof(Real);
}

std::size_t CurvatureProducts::bytes(const Network& network, std::size_t rows) {
  return Workspace::bytes(network, rows, Workspace::Use::kTraining) +
         (rows * widest_pair(network) + network.layout().size()) * sizeof(Real);
}

}  // namespace ravine
