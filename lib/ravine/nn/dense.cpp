#include "ravine/nn/dense.hpp"

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

Dense::Dense(std::size_t index, std::size_t in, std::size_t out, bool has_bias,
             ParameterLayout& layout)
    : index_(index) {
  const std::string name = "dense" + std::to_string(index);
  weight_ = layout.blocks()[layout.add(name + "/weight", in, out, BlockKind::kWeight)];
  if (has_bias) bias_ = layout.blocks()[layout.add(name + "/bias", 1, out, BlockKind::kBias)];
}

void Dense::initialize(const Initializer& initializer, std::uint64_t seed,
                       std::span<Real> theta) const {
  RandomStream stream(seed, Purpose::kInitialization, index_);
  initializer.weights(weight_.rows, weight_.cols, stream, weight_.of(theta));
  if (bias_) std::ranges::fill(bias_->of(theta), static_cast<Real>(initializer.bias()));
}

void Dense::forward(const Pass& pass, std::span<const Real> theta, const LayerState& state) const {
  // The products add, so the bias is written first instead of being added in a pass of its own.
  if (bias_) {
    for (std::size_t i = 0; i < state.y.rows; ++i)
      std::ranges::copy(bias_->of(theta), state.y.row(i).begin());
  } else {
    std::ranges::fill(state.y.elements(), Real(0));
  }
  if (state.x.sparse)
    add_product(pass.threads, *state.x.sparse, matrix(weight_, theta), state.y);
  else
    add_product(pass.threads, state.x.dense, matrix(weight_, theta), state.y);
}

void Dense::backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                     MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real> gradient) const {
  if (bias_) add_column_sums(pass.threads, dy, bias_->of(gradient));
  if (state.x.sparse)
    add_transposed_product(pass.threads, *state.x.sparse, dy, matrix(weight_, gradient));
  else
    add_transposed_product(pass.threads, state.x.dense, dy, matrix(weight_, gradient));
  if (dx.empty()) return;
  std::ranges::fill(dx.elements(), Real(0));
  add_product_transposed(pass.threads, dy, matrix(weight_, theta), dx);
}

}  // namespace ravine
