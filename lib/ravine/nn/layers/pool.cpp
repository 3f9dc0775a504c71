#include "ravine/nn/layers/pool.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "ravine/core/parallel.hpp"

namespace ravine {
namespace {

// Channels that are worked on together: what is known of them stays in registers or nearby.
constexpr std::size_t kChannels = 64;

struct Maxima {
  std::array<Real, kChannels> value;
  std::array<std::uint32_t, kChannels> pixel;  // the number of the first that has it
};

// Calls f(element, number) for the pixels under the window: the first element of their channels
// [channel, channel + count), and 0, 1, ...
template <class F>
void for_each_pixel(const Window& window, std::size_t y, std::size_t x, F f) {
  std::uint32_t number = 0;
  window.for_each_piece(y, x, [&](std::size_t, std::size_t element, std::size_t count) {
    for (std::size_t i = 0; i < count; i += window.channels) f(element + i, number++);
  });
}

void find_maxima(const Window& window, const Real* image, std::size_t y, std::size_t x,
                 std::size_t count, Maxima& maxima) {
  for_each_pixel(window, y, x, [&](std::size_t element, std::uint32_t number) {
    const Real* const pixel = image + element;
    if (number == 0) {
      std::copy_n(pixel, count, maxima.value.data());
      std::fill_n(maxima.pixel.data(), count, 0U);
      return;
    }
    for (std::size_t c = 0; c < count; ++c) {
      const bool larger = pixel[c] > maxima.value[c] || pixel[c] != pixel[c];  // NaN wins
      maxima.pixel[c] = larger ? number : maxima.pixel[c];
      maxima.value[c] = larger ? pixel[c] : maxima.value[c];
    }
  });
}

std::uint32_t covered(const Window& window, std::size_t y, std::size_t x) {
  std::uint32_t pixels = 0;
  for_each_pixel(window, y, x, [&](std::size_t, std::uint32_t) { ++pixels; });
  return pixels;
}

// Calls f(image, y, x, first element of the position's channels, channel, count).
template <class F>
void for_each_window(const Pass& pass, const Window& window, std::size_t images, F f) {
  constexpr std::size_t kImages = 4;
  parallel_chunks(pass.threads, images, kImages, [&](std::size_t begin, std::size_t end) {
    for (std::size_t image = begin; image < end; ++image)
      for (std::size_t y = 0; y < window.out_height; ++y)
        for (std::size_t x = 0; x < window.out_width; ++x)
          for (std::size_t channel = 0; channel < window.channels; channel += kChannels)
            f(image, y, x, (y * window.out_width + x) * window.channels + channel, channel,
              std::min(kChannels, window.channels - channel));
  });
}

}  // namespace

// y <- what the windows of x take, of `from`, which is x or its tangent
void Pool::take(const Pass& pass, MatrixView<const Real> x, MatrixView<const Real> from,
                MatrixView<Real> y) const {
  for_each_window(pass, window_, x.rows,
                  [&](std::size_t image, std::size_t row, std::size_t col, std::size_t position,
                      std::size_t channel, std::size_t count) {
                    const Real* const in = from.row(image).data() + channel;
                    Real* const out = y.row(image).data() + position;
                    if (pooling_ == Pooling::kMax) {
                      Maxima maxima;
                      find_maxima(window_, x.row(image).data() + channel, row, col, count, maxima);
                      if (from.data == x.data) {
                        std::copy_n(maxima.value.data(), count, out);
                        return;
                      }
                      for_each_pixel(window_, row, col,
                                     [&](std::size_t element, std::uint32_t number) {
                                       for (std::size_t c = 0; c < count; ++c)
                                         if (maxima.pixel[c] == number) out[c] = in[element + c];
                                     });
                      return;
                    }
                    std::fill_n(out, count, Real(0));
                    for_each_pixel(window_, row, col, [&](std::size_t element, std::uint32_t) {
                      for (std::size_t c = 0; c < count; ++c) out[c] += in[element + c];
                    });
                    const Real share = Real(1) / static_cast<Real>(covered(window_, row, col));
                    for (std::size_t c = 0; c < count; ++c) out[c] *= share;
                  });
}

// dx <- dy, given back to the pixels that y was taken from
void Pool::give(const Pass& pass, MatrixView<const Real> x, MatrixView<const Real> dy,
                MatrixView<Real> dx) const {
  std::ranges::fill(dx.elements(), Real(0));
  for_each_window(pass, window_, x.rows,
                  [&](std::size_t image, std::size_t row, std::size_t col, std::size_t position,
                      std::size_t channel, std::size_t count) {
                    const Real* const delta = dy.row(image).data() + position;
                    Real* const out = dx.row(image).data() + channel;
                    if (pooling_ == Pooling::kMax) {
                      Maxima maxima;
                      find_maxima(window_, x.row(image).data() + channel, row, col, count, maxima);
                      for_each_pixel(
                          window_, row, col, [&](std::size_t element, std::uint32_t number) {
                            for (std::size_t c = 0; c < count; ++c)
                              out[element + c] += maxima.pixel[c] == number ? delta[c] : Real(0);
                          });
                      return;
                    }
                    const Real share = Real(1) / static_cast<Real>(covered(window_, row, col));
                    for_each_pixel(window_, row, col, [&](std::size_t element, std::uint32_t) {
                      for (std::size_t c = 0; c < count; ++c) out[element + c] += delta[c] * share;
                    });
                  });
}

void Pool::forward(const Pass& pass, std::span<const Real>, const LayerState& state) const {
  take(pass, state.x.dense, state.x.dense, state.y);
}

void Pool::backward(const Pass& pass, std::span<const Real>, const LayerState& state,
                    MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real>) const {
  if (!dx.empty()) give(pass, state.x.dense, dy, dx);
}

void Pool::tangent_forward(const Pass& pass, std::span<const Real>, std::span<const Real>,
                           const LayerState& state, const LayerState& tangent) const {
  take(pass, state.x.dense, tangent.x.dense, tangent.y);
}

void Pool::tangent_backward(const Pass& pass, std::span<const Real>, std::span<const Real>,
                            const LayerState& state, const LayerState&, Dual dy, Dual dx,
                            std::span<Real>) const {
  give(pass, state.x.dense, dy.value, dx.value);
  give(pass, state.x.dense, dy.tangent, dx.tangent);
}

}  // namespace ravine
