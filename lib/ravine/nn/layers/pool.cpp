#include "ravine/nn/layers/pool.hpp"

#include <algorithm>

#include "ravine/core/packet.hpp"
#include "ravine/core/parallel.hpp"

namespace ravine {
namespace {

constexpr std::size_t kWidth = kLanes<Real>;
using Lanes = Packet<Real>;

// `count` channels of one pixel, side by side.
RAVINE_INLINE Lanes read(const Real* from, std::size_t count) {
  return count == kWidth ? load(from) : load_part(from, count);
}
RAVINE_INLINE void write(Real* to, Lanes values, std::size_t count) {
  count == kWidth ? store(to, values) : store_part(to, values, count);
}

// The pixels of an image that a window covers.
struct Pixels {
  std::size_t top, bottom, left, right;

  Pixels(const Window& window, std::size_t y, std::size_t x) {
    const auto clip = [](std::size_t begin, std::size_t padding, std::size_t size) {
      return std::min(std::max(begin, padding) - padding, size);
    };
    const std::size_t row = window.stride * y, column = window.stride * x;
    top = clip(row, window.top, window.height);
    bottom = clip(row + window.kernel_height, window.top, window.height);
    left = clip(column, window.left, window.width);
    right = clip(column + window.kernel_width, window.left, window.width);
  }
  std::size_t count() const { return (bottom - top) * (right - left); }

  // Calls f(first channel, number of the pixel), row by row.
  template <class F>
  RAVINE_INLINE void for_each(const Window& window, F f) const {
    std::size_t number = 0;
    for (std::size_t i = top; i < bottom; ++i)
      for (std::size_t j = left; j < right; ++j)
        f((i * window.width + j) * window.channels, number++);
  }
};

// The greatest numbers of some channels, and the numbers of the pixels that have them first.
struct Maxima {
  Lanes value, pixel;
};

RAVINE_INLINE Maxima find_maxima(const Window& window, const Pixels& pixels, const Real* image,
                                 std::size_t count) {
  Maxima maxima{};
  pixels.for_each(window, [&](std::size_t element, std::size_t number) {
    const Lanes x = read(image + element, count);
    if (number == 0) {
      maxima.value = x;
      return;
    }
    const auto larger = (x > maxima.value) | (x != x);  // NaN wins
    maxima.value = larger ? x : maxima.value;
    maxima.pixel = larger ? broadcast(static_cast<Real>(number)) : maxima.pixel;
  });
  return maxima;
}

// Calls f(image, pixels, first channel of the position, channel, count) for every window of the
// images and every packet of their channels.
template <class F>
void for_each_window(const Pass& pass, const Window& window, std::size_t images, F f) {
  constexpr std::size_t kImages = 4;
  parallel_chunks(pass.threads, images, kImages, [&](std::size_t begin, std::size_t end) {
    for (std::size_t image = begin; image < end; ++image)
      for (std::size_t y = 0; y < window.out_height; ++y)
        for (std::size_t x = 0; x < window.out_width; ++x) {
          const Pixels pixels(window, y, x);
          for (std::size_t channel = 0; channel < window.channels; channel += kWidth)
            f(image, pixels, (y * window.out_width + x) * window.channels + channel, channel,
              std::min(kWidth, window.channels - channel));
        }
  });
}

}  // namespace

// y <- what the windows of x take, of `from`, which is x or its tangent
void Pool::take(const Pass& pass, MatrixView<const Real> x, MatrixView<const Real> from,
                MatrixView<Real> y) const {
  for_each_window(pass, window_, x.rows,
                  [&](std::size_t image, const Pixels& pixels, std::size_t position,
                      std::size_t channel, std::size_t count) {
                    const Real* const in = from.row(image).data() + channel;
                    Lanes taken{};
                    if (pooling_ == Pooling::kMean) {
                      pixels.for_each(window_, [&](std::size_t element, std::size_t) {
                        taken += read(in + element, count);
                      });
                      taken *= broadcast(Real(1) / static_cast<Real>(pixels.count()));
                    } else {
                      const Maxima maxima =
                          find_maxima(window_, pixels, x.row(image).data() + channel, count);
                      taken = maxima.value;
                      if (from.data != x.data)
                        pixels.for_each(window_, [&](std::size_t element, std::size_t number) {
                          taken = maxima.pixel == broadcast(static_cast<Real>(number))
                                      ? read(in + element, count)
                                      : taken;
                        });
                    }
                    write(y.row(image).data() + position, taken, count);
                  });
}

// dx <- dy, given back to the pixels that y was taken from
void Pool::give(const Pass& pass, MatrixView<const Real> x, MatrixView<const Real> dy,
                MatrixView<Real> dx) const {
  std::ranges::fill(dx.elements(), Real(0));
  for_each_window(
      pass, window_, x.rows,
      [&](std::size_t image, const Pixels& pixels, std::size_t position, std::size_t channel,
          std::size_t count) {
        const Lanes delta = read(dy.row(image).data() + position, count);
        Real* const out = dx.row(image).data() + channel;
        const auto add = [&](std::size_t element, Lanes part) {
          write(out + element, read(out + element, count) + part, count);
        };
        if (pooling_ == Pooling::kMean) {
          const Lanes share = delta * broadcast(Real(1) / static_cast<Real>(pixels.count()));
          pixels.for_each(window_, [&](std::size_t element, std::size_t) { add(element, share); });
          return;
        }
        const Lanes pixel =
            find_maxima(window_, pixels, x.row(image).data() + channel, count).pixel;
        pixels.for_each(window_, [&](std::size_t element, std::size_t number) {
          add(element, pixel == broadcast(static_cast<Real>(number)) ? delta : Lanes{});
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
