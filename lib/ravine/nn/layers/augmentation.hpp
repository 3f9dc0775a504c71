#pragma once

#include <cstdint>

#include "ravine/core/random.hpp"
#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// A random change of each training image, (height, width, channels); outside training the
/// identity. The change is a pure function of (seed, step, layer, row), whatever the threads.
/// `index` is the position among the augmenting layers of the network.
///
/// It stands in front of the first parameters only: no derivative passes through it.
class RAVINE_EXPORT Augmentation : public Layer, public CurvatureRules {
 public:
  Augmentation(std::size_t index, const Shape& shape) : Layer(shape, shape), index_(index) {}

  bool is_stochastic() const override { return true; }
  const CurvatureRules* curvature() const override { return this; }
  const ExampleSquares* example_squares() const override {
    return &ExampleSquares::without_parameters();
  }
  void forward(const Pass& pass, std::span<const Real> theta, const LayerState& state) const final;
  void backward(const Pass&, std::span<const Real>, const LayerState&, MatrixView<Real>,
                MatrixView<Real>, std::span<Real>) const final {}
  void tangent_forward(const Pass&, std::span<const Real>, std::span<const Real>, const LayerState&,
                       const LayerState&) const final {}
  void tangent_backward(const Pass&, std::span<const Real>, std::span<const Real>,
                        const LayerState&, const LayerState&, Dual, Dual,
                        std::span<Real>) const final {}

 private:
  /// Writes a changed x to y; draws at most eight words from the stream.
  virtual void change(RandomStream& stream, std::span<const Real> x, std::span<Real> y) const = 0;

  std::size_t index_;
};

/// A window of the image's own size from the image with `padding` zeros added on every side, at a
/// position drawn uniformly from all (2 padding + 1)^2. Krizhevsky et al. (2012), section 4.1, as
/// in He et al. (2015), section 4.2 (4 pixels), and DeepOBS (2 pixels).
class RAVINE_EXPORT RandomCrop final : public Augmentation {
 public:
  RandomCrop(std::size_t index, const Shape& shape, std::size_t padding)
      : Augmentation(index, shape), padding_(padding) {}
  std::string_view name() const override { return "random_crop"; }

 private:
  void change(RandomStream& stream, std::span<const Real> x, std::span<Real> y) const override;
  std::size_t padding_;
};

/// Mirrors the image left to right with probability 1/2. Krizhevsky et al. (2012), section 4.1.
class RAVINE_EXPORT RandomFlip final : public Augmentation {
 public:
  using Augmentation::Augmentation;
  std::string_view name() const override { return "random_flip"; }

 private:
  void change(RandomStream& stream, std::span<const Real> x, std::span<Real> y) const override;
};

/// Changes brightness, then saturation, then contrast of an image of three channels, as
/// TensorFlow's image operations of these names, in the order of DeepOBS:
///
///   x <- x + b,                           b uniform in [-brightness, brightness]
///   x <- v - min(s, 1/S) (v - x),         s uniform in [1 - saturation, 1 + saturation],
///                                         v the pixel's greatest channel, S = (v - least) / v
///   x <- mean + c (x - mean),             c uniform in [1 - contrast, 1 + contrast],
///                                         mean of the channel
///
/// The second line keeps hue and value v of a pixel, and its saturation S at most 1; a pixel
/// without a positive channel becomes grey.
class RAVINE_EXPORT RandomColor final : public Augmentation {
 public:
  /// Half-widths of the three ranges.
  struct Ranges {
    double brightness = 0, saturation = 0, contrast = 0;
  };
  RandomColor(std::size_t index, const Shape& shape, const Ranges& ranges)
      : Augmentation(index, shape), ranges_(ranges) {}
  std::string_view name() const override { return "random_color"; }

 private:
  void change(RandomStream& stream, std::span<const Real> x, std::span<Real> y) const override;
  Ranges ranges_;
};

}  // namespace ravine
