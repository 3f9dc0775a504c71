#include "ravine/nn/layers/dense.hpp"

#include <algorithm>

#include "ravine/core/random.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/linalg/stats.hpp"

namespace ravine {
namespace {

template <class T>
MatrixView<T> matrix(const Block& block, std::span<T> whole) {
  return {block.of(whole), block.rows, block.cols};
}

}  // namespace

Dense::Dense(std::size_t index, const Shape& in, std::size_t out, bool has_bias,
             ParameterLayout& layout)
    : Layer(in, Shape::vector(out)), index_(index) {
  const std::string name = "dense" + std::to_string(index);
  weight_ = layout.blocks()[layout.add(name + "/weight", inputs(), out, BlockKind::kWeight)];
  if (has_bias) bias_ = layout.blocks()[layout.add(name + "/bias", 1, out, BlockKind::kBias)];
}

void Dense::initialize(const Initializer& initializer, std::uint64_t seed,
                       std::span<Real> theta) const {
  RandomStream stream(seed, Purpose::kInitialization, index_);
  initializer.weights(weight_.rows, weight_.cols, stream, weight_.of(theta));
  if (bias_) std::ranges::fill(bias_->of(theta), static_cast<Real>(initializer.bias()));
}

void Dense::forward(const Pass& pass, std::span<const Real> theta, const LayerState& state) const {
  const std::span<const Real> bias = bias_ ? bias_->of(theta) : std::span<const Real>();
  if (!state.x.sparse)
    return affine(pass.threads, state.x.dense, matrix(weight_, theta), bias, state.y);
  for (std::size_t i = 0; i < state.y.rows; ++i)
    if (bias_)
      std::ranges::copy(bias, state.y.row(i).begin());
    else
      std::ranges::fill(state.y.row(i), Real(0));
  add_product(pass.threads, *state.x.sparse, matrix(weight_, theta), state.y);
}

void Dense::backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                     MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real> gradient) const {
  if (bias_) add_column_sums(pass.threads, dy, bias_->of(gradient));
  const MatrixView<Real> dw = matrix(weight_, gradient);
  if (state.x.sparse) {
    if (pass.weight_gradients == Start::kZero) std::ranges::fill(dw.elements(), Real(0));
    add_transposed_product(pass.threads, *state.x.sparse, dy, dw);
  } else {
    add_transposed_product(pass.threads, state.x.dense, dy, dw, pass.weight_gradients);
  }
  if (!dx.empty())
    add_product_transposed(pass.threads, dy, matrix(weight_, theta), dx, Start::kZero);
}

void Dense::tangent_forward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                            const LayerState& state, const LayerState& tangent) const {
  forward(pass, v, {.x = state.x, .y = tangent.y, .statistics = {}});
  if (!tangent.x.dense.empty())
    add_product(pass.threads, tangent.x.dense, matrix(weight_, theta), tangent.y);
}

void Dense::tangent_backward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                             const LayerState& state, const LayerState& tangent, Dual dy, Dual dx,
                             std::span<Real> hv) const {
  backward(pass, theta, state, dy.tangent, dx.tangent, hv);
  if (!tangent.x.dense.empty())
    add_transposed_product(pass.threads, tangent.x.dense, dy.value, matrix(weight_, hv));
  if (dx.value.empty()) return;
  add_product_transposed(pass.threads, dy.value, matrix(weight_, v), dx.tangent);
  add_product_transposed(pass.threads, dy.value, matrix(weight_, theta), dx.value, Start::kZero);
}

// Row i alone has the gradient x_i^T dy_i: the sum of their squares is (X^2)^T (dY^2).
void Dense::add_squared_gradients(const Pass& pass, const LayerState& state,
                                  MatrixView<const Real> dy, std::span<Real> scratch,
                                  std::span<Real> squares) const {
  const auto squared = [&](MatrixView<const Real> in, std::span<Real> room) {
    for (std::size_t i = 0; i < in.size(); ++i) room[i] = in.data[i] * in.data[i];
    return MatrixView<Real>(room, in.rows, in.cols);
  };
  const MatrixView<Real> dy_square = squared(dy, scratch), sums = matrix(weight_, squares);
  if (bias_) add_column_sums(pass.threads, dy_square, bias_->of(squares));
  if (!state.x.sparse) {
    const MatrixView<Real> x_square = squared(state.x.dense, scratch.subspan(dy.size()));
    return add_transposed_product(pass.threads, x_square, dy_square, sums);
  }
  for (std::size_t i = 0; i < dy.rows; ++i)
    state.x.sparse->for_each_entry(i, [&](std::size_t column, Real value) {
      for (std::size_t j = 0; j < dy.cols; ++j) sums(column, j) += value * value * dy_square(i, j);
    });
}

}  // namespace ravine
