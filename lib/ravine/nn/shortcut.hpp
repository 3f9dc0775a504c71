#pragma once

#include <cstddef>

#include "ravine/core/parallel.hpp"
#include "ravine/core/shape.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

/// What a join adds to the output of layers that make images smaller or add channels: S x, every
/// stride-th pixel of x in both directions, with zeros for the channels that it has not. He et al.
/// (2015), section 3.3, option A. It has no parameters. Images are (height, width, channels).
struct Shortcut {
  std::size_t channels = 0, width = 0, pixels = 0;              // of x
  std::size_t out_channels = 0, out_width = 0, out_pixels = 0;  // of S x
  std::size_t stride = 1;

  /// Whether there is an S that leads from one shape to the other, which is not the same.
  static bool fits(const Shape& from, const Shape& to);
  Shortcut() = default;
  /// Both are images, and it fits.
  Shortcut(const Shape& from, const Shape& to);

  std::size_t in_size() const { return channels * pixels; }
  std::size_t out_size() const { return out_channels * out_pixels; }
  /// y += S x
  void add(Threads threads, MatrixView<const Real> x, MatrixView<Real> y) const;
  /// dx += S^T dy
  void add_transposed(Threads threads, MatrixView<const Real> dy, MatrixView<Real> dx) const;

 private:
  template <class F>
  void for_each_pixel(Threads threads, std::size_t images, F f) const;
};

}  // namespace ravine
