#pragma once

#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// Standardizes each image by itself, as TensorFlow's per_image_standardization, which the
/// published CIFAR-10 networks of DeepOBS begin with:
///
///   y_ij = (x_ij - mu_i) / max(sigma_i, 1 / sqrt(n)),   mean and deviation of the n numbers of x_i
///
/// It stands in front of the first parameters only: no derivative passes through it.
class RAVINE_EXPORT ImageScaling final : public Layer, public CurvatureRules {
 public:
  explicit ImageScaling(const Shape& shape) : Layer(shape, shape) {}

  std::string_view name() const override { return "standardize_images"; }
  const CurvatureRules* curvature() const override { return this; }
  const ExampleSquares* example_squares() const override {
    return &ExampleSquares::without_parameters();
  }
  void forward(const Pass& pass, std::span<const Real> theta,
               const LayerState& state) const override;
  void backward(const Pass&, std::span<const Real>, const LayerState&, MatrixView<Real>,
                MatrixView<Real>, std::span<Real>) const override {}
  void tangent_forward(const Pass&, std::span<const Real>, std::span<const Real>, const LayerState&,
                       const LayerState&) const override {}
  void tangent_backward(const Pass&, std::span<const Real>, std::span<const Real>,
                        const LayerState&, const LayerState&, Dual, Dual,
                        std::span<Real>) const override {}
};

}  // namespace ravine
