#pragma once

#include <optional>
#include <string>

#include "ravine/core/layout.hpp"
#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// Fully connected layer.
///
///   Y = X W + 1 b^T     dW = X^T dY     db = dY^T 1     dX = dY W^T
///
///   R{Y} = R{X} W + X V + 1 c^T,   with the parts V and c of v
///   R{dW} = R{X}^T dY + X^T R{dY},   R{db} = R{dY}^T 1,   R{dX} = R{dY} W^T + dY V^T
///
/// X is (batch, in), whatever its shape, dense or sparse; W (in, out); b (out). Sparse inputs get
/// no dX. A layer in front of batch normalization has no b: the column means take it away again
/// (Ioffe & Szegedy 2015, section 3.2).
class RAVINE_EXPORT Dense final : public Layer, public CurvatureRules, public ExampleSquares {
 public:
  /// Adds "dense<index>/weight" and "dense<index>/bias" to the layout. `index` keys the stream of
  /// the initial weights, so networks that differ in other layers share them.
  Dense(std::size_t index, const Shape& in, std::size_t out, bool has_bias,
        ParameterLayout& layout);

  std::string_view name() const override { return "dense"; }
  LayerRole role() const override { return LayerRole::kWeights; }
  bool takes(InputForm form) const override { return form != InputForm::kTokens; }
  const CurvatureRules* curvature() const override { return this; }
  const ExampleSquares* example_squares() const override { return this; }
  double multiplications() const override { return static_cast<double>(weight_.size()); }
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
  void add_squared_gradients(const Pass& pass, const LayerState& state, MatrixView<const Real> dy,
                             std::span<Real> scratch, std::span<Real> squares) const override;

 private:
  std::size_t index_;
  Block weight_;
  std::optional<Block> bias_;
};

}  // namespace ravine
