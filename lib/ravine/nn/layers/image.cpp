#include "ravine/nn/layers/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "ravine/core/component.hpp"
#include "ravine/core/text.hpp"

namespace ravine {
namespace {

// One direction of a window: how many positions, and how many zeros come first.
struct Fit {
  std::size_t out, before;
};

Fit fit(std::string_view who, const Shape& image, std::size_t in, std::size_t kernel,
        std::size_t stride, const std::string& padding) {
  if (padding == "same") {
    const std::size_t out = (in + stride - 1) / stride;
    const std::size_t needed = (out - 1) * stride + kernel;
    return {out, needed > in ? (needed - in) / 2 : 0};
  }
  const std::size_t n =
      padding == "valid" ? 0 : static_cast<std::size_t>(parse_integer(padding, "padding"));
  if (n >= kernel)
    fail(
        "{} with a window of {} and padding={} would see windows of zeros alone: use a padding "
        "below {}",
        who, kernel, padding, kernel);
  if (in + 2 * n < kernel)
    fail(
        "{} with a window of {} and padding={} does not fit into {}: use a smaller window or "
        "padding=same",
        who, kernel, padding, image.text());
  return {(in + 2 * n - kernel) / stride + 1, n};
}

}  // namespace

std::string canonical_padding(std::string_view who, const std::string& padding) {
  if (padding == "same" || padding == "valid") return padding;
  if (padding.empty() || padding.find_first_not_of("0123456789") != std::string::npos)
    fail("{}(padding) is '{}': use same, valid or a number of pixels", who, padding);
  const std::string what = fmt::format("{}(padding)", who);
  const std::int64_t n = parse_integer(padding, what);
  check_range(what, static_cast<double>(n), "[0, 1000]");
  return n == 0 ? "valid" : fmt::format("{}", n);
}

Window make_window(std::string_view who, const Shape& image, std::size_t kernel, std::size_t stride,
                   const std::string& padding) {
  assert(image.rank() == 3);
  const Fit vertical = fit(who, image, image[1], kernel, stride, padding);
  const Fit horizontal = fit(who, image, image[2], kernel, stride, padding);
  return {.height = image[1],
          .width = image[2],
          .channels = image[0],
          .kernel_height = kernel,
          .kernel_width = kernel,
          .stride = stride,
          .top = vertical.before,
          .left = horizontal.before,
          .out_height = vertical.out,
          .out_width = horizontal.out};
}

void ChannelOrder::move(const Pass& pass, MatrixView<const Real> from, MatrixView<Real> to,
                        To direction) const {
  constexpr std::size_t kRows = 16;
  parallel_chunks(pass.threads, from.rows, kRows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Real* const in = from.row(i).data();
      Real* const out = to.row(i).data();
      for (std::size_t c = 0; c < channels_; ++c)
        for (std::size_t p = 0; p < pixels_; ++p) {
          const std::size_t first = c * pixels_ + p, last = p * channels_ + c;
          if (direction == To::kLast)
            out[last] = in[first];
          else
            out[first] = in[last];
        }
    }
  });
}

void ChannelOrder::forward(const Pass& pass, std::span<const Real>, const LayerState& state) const {
  move(pass, state.x.dense, state.y, to_);
}

void ChannelOrder::backward(const Pass& pass, std::span<const Real>, const LayerState&,
                            MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real>) const {
  if (!dx.empty()) move(pass, dy, dx, back());
}

void ChannelOrder::tangent_forward(const Pass& pass, std::span<const Real>, std::span<const Real>,
                                   const LayerState&, const LayerState& tangent) const {
  move(pass, tangent.x.dense, tangent.y, to_);
}

void ChannelOrder::tangent_backward(const Pass& pass, std::span<const Real>, std::span<const Real>,
                                    const LayerState&, const LayerState&, Dual dy, Dual dx,
                                    std::span<Real>) const {
  move(pass, dy.value, dx.value, back());
  move(pass, dy.tangent, dx.tangent, back());
}

}  // namespace ravine
