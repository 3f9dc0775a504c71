#include "ravine/nn/layers/embedding.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/linalg/panels.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/nn/layers/by_position.hpp"

namespace ravine {
namespace {

// Streams of initial values apart from those of dense layers, which count from 0.
constexpr std::uint64_t kEmbeddingStreams = std::uint64_t{1} << 32;
constexpr std::uint64_t kPositionStreams = std::uint64_t{2} << 32;
constexpr std::size_t kExamplesAtOnce = 4;

void draw_rows(const Initializer& initializer, std::uint64_t seed, std::uint64_t index,
               const Block& rows, std::span<Real> theta) {
  RandomStream stream(seed, Purpose::kInitialization, index);
  initializer.weights(rows.rows, rows.cols, stream, rows.of(theta));
}

template <class T>
MatrixView<T> rows_of(const Block& block, std::span<T> whole) {
  return {block.of(whole), block.rows, block.cols};
}

// y <- y + p in every row
void add_to_rows(Threads threads, std::span<const Real> p, MatrixView<Real> y) {
  parallel_chunks(threads, y.rows, kExamplesAtOnce, [&](std::size_t row, std::size_t end) {
    for (; row < end; ++row)
      for (std::size_t j = 0; j < y.cols; ++j) y(row, j) += p[j];
  });
}

}  // namespace

Embedding::Embedding(std::size_t index, std::size_t positions, std::size_t vocabulary,
                     std::size_t width, ParameterLayout& layout)
    : Layer(Shape::vector(positions), Shape::sequence(positions, width)), index_(index) {
  rows_ = layout.blocks()[layout.add("embedding" + std::to_string(index) + "/weight", vocabulary,
                                     width, BlockKind::kEmbedding)];
}

void Embedding::initialize(const Initializer& initializer, std::uint64_t seed,
                           std::span<Real> theta) const {
  draw_rows(initializer, seed, kEmbeddingStreams + index_, rows_, theta);
}

void Embedding::forward(const Pass& pass, std::span<const Real> theta,
                        const LayerState& state) const {
  const MatrixView<const Real> e = rows_of(rows_, theta);
  const MatrixView<const std::int32_t> x = state.x.tokens;
  parallel_chunks(pass.threads, x.rows, kExamplesAtOnce, [&](std::size_t i, std::size_t end) {
    for (; i < end; ++i)
      for (std::size_t t = 0; t < x.cols; ++t)
        std::ranges::copy(e.row(static_cast<std::size_t>(x(i, t))), &state.y(i, t * e.cols));
  });
}

// Threads own columns of E: rows would collide wherever two places hold one token.
void Embedding::backward(const Pass& pass, std::span<const Real>, const LayerState& state,
                         MatrixView<Real> dy, MatrixView<Real>, std::span<Real> gradient) const {
  const MatrixView<Real> de = rows_of(rows_, gradient);
  const MatrixView<const std::int32_t> x = state.x.tokens;
  for_column_panels(pass.threads, x.size(), de.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < x.rows; ++i)
      for (std::size_t t = 0; t < x.cols; ++t) {
        Real* const to = de.row(static_cast<std::size_t>(x(i, t))).data();
        const Real* const from = &dy(i, t * de.cols);
        for (std::size_t j = begin; j < end; ++j) to[j] += from[j];
      }
  });
}

void Embedding::tangent_forward(const Pass& pass, std::span<const Real>, std::span<const Real> v,
                                const LayerState& state, const LayerState& tangent) const {
  forward(pass, v, {.x = state.x, .y = tangent.y, .statistics = {}});
}

void Embedding::tangent_backward(const Pass& pass, std::span<const Real> theta,
                                 std::span<const Real>, const LayerState& state, const LayerState&,
                                 Dual dy, Dual, std::span<Real> hv) const {
  backward(pass, theta, state, dy.tangent, {}, hv);
}

Positions::Positions(std::size_t index, const Shape& sequence, bool learned,
                     ParameterLayout& layout)
    : Layer(sequence, sequence), index_(index) {
  const std::size_t length = positions_of(sequence), n = features_of(sequence);
  if (learned) {
    rows_ = layout.blocks()[layout.add("positions" + std::to_string(index) + "/weight", length, n,
                                       BlockKind::kEmbedding)];
    return;
  }
  constexpr double kPi = 3.14159265358979323846;
  constexpr std::size_t kMost = 100'000'000;
  if (length * n > kMost)
    fail(
        "positions(sinusoidal) of {} positions of {} numbers do not fit into memory: use fewer, or "
        "learned ones",
        length, n);
  std::vector<double> periods(n);
  for (std::size_t j = 0; j < n; ++j)
    periods[j] = portable_power(10000, static_cast<double>(j / 2 * 2) / static_cast<double>(n));
  waves_.reserve(length * n);
  for (std::size_t t = 0; t < length; ++t)
    for (std::size_t j = 0; j < n; ++j) {
      const double angle = static_cast<double>(t) / periods[j];
      // sin(a) = cos(a - pi / 2)
      waves_.push_back(
          static_cast<Real>(portable_cos_pi(j % 2 == 0 ? angle / kPi - 0.5 : angle / kPi)));
    }
}

void Positions::initialize(const Initializer& initializer, std::uint64_t seed,
                           std::span<Real> theta) const {
  if (rows_) draw_rows(initializer, seed, kPositionStreams + index_, *rows_, theta);
}

void Positions::forward(const Pass& pass, std::span<const Real> theta,
                        const LayerState& state) const {
  add_to_rows(pass.threads, rows_ ? rows_->of(theta) : std::span<const Real>(waves_), state.y);
}

void Positions::backward(const Pass& pass, std::span<const Real>, const LayerState&,
                         MatrixView<Real> dy, MatrixView<Real>, std::span<Real> gradient) const {
  if (rows_) add_column_sums(pass.threads, dy, rows_->of(gradient));
}

void Positions::tangent_forward(const Pass& pass, std::span<const Real>, std::span<const Real> v,
                                const LayerState&, const LayerState& tangent) const {
  if (tangent.x.dense.empty()) std::ranges::fill(tangent.y.elements(), Real(0));
  if (rows_) add_to_rows(pass.threads, rows_->of(v), tangent.y);
}

void Positions::tangent_backward(const Pass& pass, std::span<const Real> theta,
                                 std::span<const Real>, const LayerState& state, const LayerState&,
                                 Dual dy, Dual, std::span<Real> hv) const {
  backward(pass, theta, state, dy.tangent, {}, hv);
}

TiedOutput::TiedOutput(const Shape& in, const Block& embedding)
    : Layer(in, in.rank() == 2 ? Shape::sequence(in[0], embedding.rows)
                               : Shape::vector(embedding.rows)),
      positions_(positions_of(in)),
      rows_(embedding) {}

void TiedOutput::forward(const Pass& pass, std::span<const Real> theta,
                         const LayerState& state) const {
  add_product_transposed(pass.threads, by_position(state.x.dense, positions_),
                         rows_of(rows_, theta), by_position(state.y, positions_), Start::kZero);
}

void TiedOutput::backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                          MatrixView<Real> dy, MatrixView<Real> dx,
                          std::span<Real> gradient) const {
  const MatrixView<Real> d = by_position(dy, positions_);
  add_transposed_product(pass.threads, d, by_position(state.x.dense, positions_),
                         rows_of(rows_, gradient));
  if (dx.empty()) return;
  const MatrixView<Real> out = by_position(dx, positions_);
  std::ranges::fill(out.elements(), Real(0));
  add_product(pass.threads, d, rows_of(rows_, theta), out);
}

void TiedOutput::tangent_forward(const Pass& pass, std::span<const Real> theta,
                                 std::span<const Real> v, const LayerState& state,
                                 const LayerState& tangent) const {
  forward(pass, v, {.x = state.x, .y = tangent.y, .statistics = {}});
  if (tangent.x.dense.empty()) return;
  add_product_transposed(pass.threads, by_position(tangent.x.dense, positions_),
                         rows_of(rows_, theta), by_position(tangent.y, positions_));
}

void TiedOutput::tangent_backward(const Pass& pass, std::span<const Real> theta,
                                  std::span<const Real> v, const LayerState& state,
                                  const LayerState& tangent, Dual dy, Dual dx,
                                  std::span<Real> hv) const {
  const MatrixView<Real> d = by_position(dy.value, positions_);
  backward(pass, theta, state, dy.tangent, dx.tangent, hv);
  if (!tangent.x.dense.empty())
    add_transposed_product(pass.threads, d, by_position(tangent.x.dense, positions_),
                           rows_of(rows_, hv));
  if (dx.value.empty()) return;
  add_product(pass.threads, d, rows_of(rows_, v), by_position(dx.tangent, positions_));
  const MatrixView<Real> out = by_position(dx.value, positions_);
  std::ranges::fill(out.elements(), Real(0));
  add_product(pass.threads, d, rows_of(rows_, theta), out);
}

}  // namespace ravine
