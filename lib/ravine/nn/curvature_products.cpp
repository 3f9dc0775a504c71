#include "ravine/nn/curvature_products.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

std::size_t widest_pair(const Network& network) {
  std::size_t widest = 0;
  for (const Step& step : network.steps())
    if (step.layer) widest = std::max(widest, step.inputs + step.outputs);
  return widest;
}

}  // namespace

CurvatureProducts::CurvatureProducts(const Network& network, std::size_t rows)
    : network_(&network),
      tangents_(network, rows, Workspace::Use::kTraining),
      scratch_(rows * widest_pair(network)),
      unused_(network.layout().size()) {}

void CurvatureProducts::require_rules() const {
  if (const Layer* layer = network_->without_curvature())
    fail("the layer {} does not offer curvature products: choose a first-order optimizer",
         layer->name());
}

void CurvatureProducts::add_product(Curvature kind, const Point& point, std::span<const Real> v,
                                    std::span<Real> product) {
  require_rules();
  const auto& [given, loss, theta, x, targets, workspace] = point;
  const Real scale = Real(1) / static_cast<Real>(cases(x.rows(), targets));
  Pass pass = given;
  pass.term_scale = Real(1) / static_cast<Real>(x.rows());
  const MatrixView<const Real> z = network_->forward(pass, theta, x, workspace);
  const MatrixView<const Real> tz =
      network_->tangent_forward(pass, theta, v, x, workspace, tangents_);
  if (kind == Curvature::kGaussNewton) {
    loss.curvature_product(kind, pass.threads, z, targets, scale, tz,
                           workspace.output_delta(x.rows()));
    network_->gauss_newton_backward(pass, theta, v, x, workspace, tangents_, product);
  } else {
    loss.sum(pass.threads, z, targets, scale, workspace.output_delta(x.rows()));
    loss.curvature_product(kind, pass.threads, z, targets, scale, tz,
                           tangents_.output_delta(x.rows()));
    network_->tangent_backward(pass, theta, v, x, workspace, tangents_, product);
  }
}

bool CurvatureProducts::add_mean_squared_gradient(const Point& point, std::span<Real> squares) {
  if (network_->without_example_squares()) return false;
  const auto& [pass, loss, theta, x, targets, workspace] = point;
  const MatrixView<const Real> z = network_->forward(pass, theta, x, workspace);
  // With g_i / sqrt(m) in the place of g_i, the sum of the squares is their mean.
  const double root = std::sqrt(static_cast<double>(x.rows()));
  loss.sum(pass.threads, z, targets, static_cast<Real>(1 / (root * targets.positions)),
           workspace.output_delta(x.rows()));
  network_->backward_squares(pass, theta, x, workspace, scratch_, unused_, squares);
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
