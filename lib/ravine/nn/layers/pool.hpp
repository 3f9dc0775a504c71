#pragma once

#include "ravine/linalg/patches.hpp"
#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// What the window of a pooling takes of the pixels that it covers, channel by channel:
///
///   kMax    y = max_k x_k             dx_k = dy for the first k that has the maximum, else 0
///   kMean   y = (1/n) sum_k x_k       dx_k = dy / n
///
/// with windows that overlap adding up. Pixels outside of the image do not count: n is the number
/// of those inside, as in TensorFlow (PyTorch: count_include_pad=False). Both are linear in x where
/// no maximum changes hands, so tangents pass like values. X and Y are (batch, height, width,
/// channels).
enum class Pooling { kMax, kMean };

class RAVINE_EXPORT Pool final : public Layer, public CurvatureRules {
 public:
  Pool(Pooling pooling, const Shape& in, const Window& window, const Shape& out)
      : Layer(in, out), pooling_(pooling), window_(window) {}

  std::string_view name() const override {
    return pooling_ == Pooling::kMax ? "max_pool" : "mean_pool";
  }
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
  void take(const Pass& pass, MatrixView<const Real> x, MatrixView<const Real> from,
            MatrixView<Real> y) const;
  void give(const Pass& pass, MatrixView<const Real> x, MatrixView<const Real> dy,
            MatrixView<Real> dx) const;

  Pooling pooling_;
  Window window_;
};

}  // namespace ravine
