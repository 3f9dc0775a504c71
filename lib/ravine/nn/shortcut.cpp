#include "ravine/nn/shortcut.hpp"

#include <cassert>

namespace ravine {

bool Shortcut::fits(const Shape& from, const Shape& to) {
  if (from.rank() != 3 || to.rank() != 3 || from == to || from[0] > to[0]) return false;
  const std::size_t stride = (from[1] + to[1] - 1) / to[1];
  return (from[1] + stride - 1) / stride == to[1] && (from[2] + stride - 1) / stride == to[2];
}

Shortcut::Shortcut(const Shape& from, const Shape& to)
    : channels(from[0]),
      width(from[2]),
      pixels(from[1] * from[2]),
      out_channels(to[0]),
      out_width(to[2]),
      out_pixels(to[1] * to[2]),
      stride((from[1] + to[1] - 1) / to[1]) {
  assert(fits(from, to));
}

// Calls f(image, first element of x, first element of S x) for the pixels that are taken.
template <class F>
void Shortcut::for_each_pixel(Threads threads, std::size_t images, F f) const {
  constexpr std::size_t kImages = 8;
  parallel_chunks(threads, images, kImages, [&](std::size_t begin, std::size_t end) {
    for (std::size_t image = begin; image < end; ++image)
      for (std::size_t pixel = 0; pixel < out_pixels; ++pixel) {
        const std::size_t row = pixel / out_width * stride, col = pixel % out_width * stride;
        f(image, (row * width + col) * channels, pixel * out_channels);
      }
  });
}

void Shortcut::add(Threads threads, MatrixView<const Real> x, MatrixView<Real> y) const {
  assert(x.cols == in_size() && y.cols == out_size());
  for_each_pixel(threads, x.rows, [&](std::size_t image, std::size_t from, std::size_t to) {
    const Real* const in = x.row(image).data() + from;
    Real* const out = y.row(image).data() + to;
    for (std::size_t c = 0; c < channels; ++c) out[c] += in[c];
  });
}

void Shortcut::add_transposed(Threads threads, MatrixView<const Real> dy,
                              MatrixView<Real> dx) const {
  assert(dx.cols == in_size() && dy.cols == out_size());
  for_each_pixel(threads, dx.rows, [&](std::size_t image, std::size_t to, std::size_t from) {
    const Real* const in = dy.row(image).data() + from;
    Real* const out = dx.row(image).data() + to;
    for (std::size_t c = 0; c < channels; ++c) out[c] += in[c];
  });
}

}  // namespace ravine
