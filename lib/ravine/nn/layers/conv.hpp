#pragma once

#include <optional>
#include <string>

#include "ravine/core/layout.hpp"
#include "ravine/linalg/patches.hpp"
#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// Convolution of images with kernels (cross-correlation, as everywhere in this field). With P(X)
/// for the patches under the window at every position of every image (linalg/patches.hpp),
///
///   Y = P(X) W + 1 b^T     dW = P(X)^T dY     db = dY^T 1     dX = P^T(dY W^T)
///
///   R{Y} = P(R{X}) W + P(X) V + 1 c^T,   with the parts V and c of v
///   R{dW} = P(R{X})^T dY + P(X)^T R{dY},   R{db} = R{dY}^T 1,   R{dX} = P^T(R{dY} W^T + dY V^T)
///
/// LeCun et al. (1998), section II.A. X is (batch, height, width, channels in memory), so Y, as a
/// matrix of (batch x positions, out), is what the next layer takes. W is (kernel_height,
/// kernel_width, in channels; out). A layer in front of batch normalization has no b.
class RAVINE_EXPORT Conv final : public Layer, public CurvatureRules {
 public:
  /// Adds "conv<index>/kernel" and "conv<index>/bias" to the layout.
  Conv(std::size_t index, const Shape& in, const Window& window, std::size_t out, bool has_bias,
       ParameterLayout& layout);

  std::string_view name() const override { return "conv"; }
  LayerRole role() const override { return LayerRole::kWeights; }
  const CurvatureRules* curvature() const override { return this; }
  double multiplications() const override {
    return static_cast<double>(window_.positions()) * static_cast<double>(kernel_.size());
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
  template <class T>
  MatrixView<T> by_position(MatrixView<T> y) const {
    return {y.data, y.rows * window_.positions(), kernel_.cols};
  }

  std::size_t index_;
  Window window_;
  Block kernel_;
  std::optional<Block> bias_;
};

}  // namespace ravine
