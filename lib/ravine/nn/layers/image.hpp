#pragma once

#include <string>
#include <string_view>

#include "ravine/linalg/patches.hpp"
#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// The window of a convolution or pooling on image(channels, height, width):
///
///   padding=valid  none: out = floor((in - kernel) / stride) + 1
///   padding=same   as TensorFlow pads: out = ceil(in / stride); the odd one behind the image
///   padding=n      n on every side, as PyTorch: out = floor((in + 2n - kernel) / stride) + 1
///
/// Throws Error, in the name of `who`, for a window that does not fit.
RAVINE_EXPORT Window make_window(std::string_view who, const Shape& image, std::size_t kernel,
                                 std::size_t stride, const std::string& padding);

/// Throws Error unless the padding is same, valid or a whole number; returns its only text.
RAVINE_EXPORT std::string canonical_padding(std::string_view who, const std::string& padding);

/// Turns images as data sets store them, (channels, height, width), into those that convolutions
/// and all layers behind them work on, (height, width, channels), or back. Channels that lie
/// together make every patch a few long runs and every position a row of a matrix.
class RAVINE_EXPORT ChannelOrder final : public Layer, public CurvatureRules {
 public:
  enum class To { kLast, kFirst };
  ChannelOrder(const Shape& image, To to)
      : Layer(image, image), channels_(image[0]), pixels_(image[1] * image[2]), to_(to) {}

  std::string_view name() const override { return "channel order"; }
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
  void move(const Pass& pass, MatrixView<const Real> from, MatrixView<Real> to, To direction) const;
  To back() const { return to_ == To::kLast ? To::kFirst : To::kLast; }

  std::size_t channels_, pixels_;
  To to_;
};

}  // namespace ravine
