#include "ravine/nn/layers/conv.hpp"

#include <algorithm>

#include "ravine/core/random.hpp"
#include "ravine/linalg/stats.hpp"

namespace ravine {
namespace {

// Apart from the streams of dense layers, whose indices begin at 0, too.
constexpr std::uint64_t kFirstKernelStream = std::uint64_t{1} << 20;

template <class T>
MatrixView<T> kernel_matrix(const Block& block, std::span<T> whole) {
  return {block.of(whole), block.rows, block.cols};
}

}  // namespace

Conv::Conv(std::size_t index, const Shape& in, const Window& window, std::size_t out, bool has_bias,
           ParameterLayout& layout)
    : Layer(in, Shape::image(out, window.out_height, window.out_width)),
      index_(index),
      window_(window) {
  const std::string name = "conv" + std::to_string(index);
  kernel_ =
      layout.blocks()[layout.add(name + "/kernel", window.patch_size(), out, BlockKind::kKernel)];
  if (has_bias) bias_ = layout.blocks()[layout.add(name + "/bias", 1, out, BlockKind::kBias)];
}

void Conv::initialize(const Initializer& initializer, std::uint64_t seed,
                      std::span<Real> theta) const {
  RandomStream stream(seed, Purpose::kInitialization, kFirstKernelStream + index_);
  initializer.kernel(kernel_.rows, kernel_.cols, window_.kernel_height * window_.kernel_width,
                     stream, kernel_.of(theta));
  if (bias_) std::ranges::fill(bias_->of(theta), static_cast<Real>(initializer.bias()));
}

void Conv::forward(const Pass& pass, std::span<const Real> theta, const LayerState& state) const {
  const std::span<const Real> bias = bias_ ? bias_->of(theta) : std::span<const Real>();
  affine_patches(pass.threads, window_, state.x.dense, kernel_matrix(kernel_, theta), bias,
                 by_position(state.y));
}

void Conv::backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                    MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real> gradient) const {
  const MatrixView<Real> d = by_position(dy);
  if (bias_) add_column_sums(pass.threads, d, bias_->of(gradient));
  add_transposed_patches_product(pass.threads, window_, state.x.dense, d,
                                 kernel_matrix(kernel_, gradient), pass.weight_gradients);
  if (!dx.empty())
    add_folded_product(pass.threads, window_, d, kernel_matrix(kernel_, theta), dx, Start::kZero);
}

void Conv::tangent_forward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                           const LayerState& state, const LayerState& tangent) const {
  forward(pass, v, {.x = state.x, .y = tangent.y, .statistics = {}});
  if (!tangent.x.dense.empty())
    add_patches_product(pass.threads, window_, tangent.x.dense, kernel_matrix(kernel_, theta),
                        by_position(tangent.y));
}

void Conv::tangent_backward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                            const LayerState& state, const LayerState& tangent, Dual dy, Dual dx,
                            std::span<Real> hv) const {
  const MatrixView<Real> d = by_position(dy.value);
  backward(pass, theta, state, dy.tangent, dx.tangent, hv);
  if (!tangent.x.dense.empty())
    add_transposed_patches_product(pass.threads, window_, tangent.x.dense, d,
                                   kernel_matrix(kernel_, hv));
  if (dx.value.empty()) return;
  add_folded_product(pass.threads, window_, d, kernel_matrix(kernel_, v), dx.tangent);
  add_folded_product(pass.threads, window_, d, kernel_matrix(kernel_, theta), dx.value,
                     Start::kZero);
}

}  // namespace ravine
