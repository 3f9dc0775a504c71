#include "ravine/nn/layers/augmentation.hpp"

#include <algorithm>
#include <array>

namespace ravine {
namespace {

void saturate(std::span<Real> pixel, Real factor) {
  const auto [least, value] = std::ranges::minmax(std::array{pixel[0], pixel[1], pixel[2]});
  if (!(value > 0)) {
    std::ranges::fill(pixel, value);
    return;
  }
  const Real range = value - least;
  const Real f = factor * range > value ? value / range : factor;
  for (Real& x : pixel) x = value - f * (value - x);
}

// Pixels hold three channels side by side.
void stretch(std::span<Real> pixels, Real factor) {
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0;
    for (std::size_t i = c; i < pixels.size(); i += 3) sum += pixels[i];
    const auto mean = static_cast<Real>(3 * sum / static_cast<double>(pixels.size()));
    for (std::size_t i = c; i < pixels.size(); i += 3)
      pixels[i] = mean + factor * (pixels[i] - mean);
  }
}

}  // namespace

void Augmentation::forward(const Pass& pass, std::span<const Real>, const LayerState& state) const {
  const MatrixView<const Real> x = state.x.dense;
  if (!pass.training) {
    std::ranges::copy(x.elements(), state.y.data);
    return;
  }
  constexpr std::uint64_t kLayersPerStep = 1 << 12;
  constexpr std::uint64_t kDraws = 8;  // words of the stream that belong to one image
  constexpr std::size_t kImages = 8;   // a thread takes that many at a time
  const std::uint64_t stream_index =
      static_cast<std::uint64_t>(pass.step) * kLayersPerStep + index_;
  parallel_chunks(pass.threads, x.rows, kImages, [&](std::size_t begin, std::size_t end) {
    RandomStream stream(pass.seed, Purpose::kAugmentation, stream_index);
    for (std::size_t i = begin; i < end; ++i) {
      stream.set_position(i * kDraws);
      change(stream, x.row(i), state.y.row(i));
    }
  });
}

void RandomCrop::change(RandomStream& stream, std::span<const Real> x, std::span<Real> y) const {
  const auto draw = [&] {  // not below(), which can take any number of words
    return static_cast<std::ptrdiff_t>(static_cast<double>(2 * padding_ + 1) * stream.uniform()) -
           static_cast<std::ptrdiff_t>(padding_);
  };
  const auto rows = static_cast<std::ptrdiff_t>(input_shape()[1]);
  const auto channels = static_cast<std::ptrdiff_t>(input_shape()[0]);
  const std::ptrdiff_t row_size = static_cast<std::ptrdiff_t>(input_shape()[2]) * channels;
  const std::ptrdiff_t down = draw();
  const std::ptrdiff_t right = draw() * channels;
  const std::ptrdiff_t first = std::clamp(-right, std::ptrdiff_t(0), row_size);
  const std::ptrdiff_t last = std::clamp(row_size - right, first, row_size);
  Real* out = y.data();
  for (std::ptrdiff_t i = down; i < rows + down; ++i, out += row_size) {
    if (i < 0 || i >= rows) {
      std::fill_n(out, row_size, Real(0));
      continue;
    }
    std::fill(out, out + first, Real(0));
    if (first < last) std::copy_n(&x[0] + i * row_size + first + right, last - first, out + first);
    std::fill(out + last, out + row_size, Real(0));
  }
}

void RandomFlip::change(RandomStream& stream, std::span<const Real> x, std::span<Real> y) const {
  if ((stream.bits() & 1U) == 0) {
    std::ranges::copy(x, y.begin());
    return;
  }
  const std::size_t channels = input_shape()[0], width = input_shape()[2];
  for (std::size_t row = 0; row < x.size(); row += width * channels)
    for (std::size_t j = 0; j < width; ++j)
      std::copy_n(&x[row + (width - 1 - j) * channels], channels, &y[row + j * channels]);
}

void RandomColor::change(RandomStream& stream, std::span<const Real> x, std::span<Real> y) const {
  const auto draw = [&](double middle, double half_width) {
    return static_cast<Real>(stream.uniform(middle - half_width, middle + half_width));
  };
  const Real brightness = draw(0, ranges_.brightness);
  const Real saturation = draw(1, ranges_.saturation);
  const Real contrast = draw(1, ranges_.contrast);
  std::ranges::transform(x, y.begin(), [&](Real value) { return value + brightness; });
  if (ranges_.saturation > 0)
    for (std::size_t i = 0; i < y.size(); i += 3) saturate(y.subspan(i, 3), saturation);
  if (ranges_.contrast > 0) stretch(y, contrast);
}

}  // namespace ravine
