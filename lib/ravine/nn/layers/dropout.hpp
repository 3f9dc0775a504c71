#pragma once

#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// Dropout: in training each element is zero with probability p and divided by 1 - p otherwise.
///
///   y_ij = x_ij r_ij / (1 - p),   r_ij ~ Bernoulli(1 - p)
///
/// Srivastava et al. (2014), section 4. **Deviates:** scales in training, not the weights at test
/// ("inverted" dropout), so a pass outside training is the identity. The mask is a pure function
/// of (seed, step, layer, row, column): every evaluation within a step sees the same one. `index`
/// is the position among the dropout layers of the network.
class RAVINE_EXPORT Dropout final : public Layer, public CurvatureRules {
 public:
  /// Throws Error unless 0 <= p < 1.
  Dropout(std::size_t index, const Shape& shape, double p);

  std::string_view name() const override { return "dropout"; }
  bool is_stochastic() const override { return true; }
  const CurvatureRules* curvature() const override { return this; }
  const ExampleSquares* example_squares() const override {
    return &ExampleSquares::without_parameters();
  }
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
  void apply_mask(const Pass& pass, std::span<const Real> in, std::span<Real> out) const;

  std::size_t index_;
  double p_;
};

}  // namespace ravine
