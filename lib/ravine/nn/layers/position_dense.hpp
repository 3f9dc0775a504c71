#pragma once

#include "ravine/nn/layers/dense.hpp"

namespace ravine {

/// A fully connected layer (Dense) at each position of a sequence, with the same weights for all:
///
///   y_t = x_t W + b,   (batch, positions * in) -> (batch, positions * out)
///
/// as torch.nn.Linear treats the last dimension. Initial weights are multiplied by `scale`. It
/// offers no squares of single examples: their positions share the weights.
class RAVINE_EXPORT PositionDense final : public Layer, public CurvatureRules {
 public:
  /// Adds "dense<index>/weight" (in, out) and, with a bias, "dense<index>/bias" to the layout.
  PositionDense(std::size_t index, const Shape& in, std::size_t out, bool has_bias, double scale,
                ParameterLayout& layout);

  std::string_view name() const override { return "position_dense"; }
  LayerRole role() const override { return LayerRole::kWeights; }
  const CurvatureRules* curvature() const override { return this; }
  double multiplications() const override {
    return static_cast<double>(positions_) * dense_.multiplications();
  }
  void initialize(const Initializer& initializer, std::uint64_t seed,
                  std::span<Real> theta) const override;
  void forward(const Pass& pass, std::span<const Real> theta,
               const LayerState& state) const override;
  void backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real> gradient) const override;
  void tangent_forward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                       const LayerState& state, const LayerState& tangent) const override;
  void tangent_backward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                        const LayerState& state, const LayerState& tangent, Dual dy, Dual dx,
                        std::span<Real> hv) const override;

 private:
  std::size_t positions_;
  double scale_;
  Block weight_;
  Dense dense_;
};

}  // namespace ravine
