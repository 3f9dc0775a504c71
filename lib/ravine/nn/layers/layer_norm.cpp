#include "ravine/nn/layers/layer_norm.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "ravine/linalg/stats.hpp"
#include "ravine/nn/layers/by_position.hpp"

namespace ravine {
namespace {

constexpr std::size_t kRowsAtOnce = 16;  // whole cache lines, and work enough for a thread

// (1/n) sum_j f(j) in double, as eight interleaved sums: their order is fixed, their additions do
// not wait for one another.
template <class F>
double mean_over(std::size_t n, F f) {
  constexpr std::size_t kSums = 8;
  std::array<double, kSums> sums{};
  std::size_t j = 0;
  for (; j + kSums <= n; j += kSums)
    for (std::size_t k = 0; k < kSums; ++k) sums[k] += static_cast<double>(f(j + k));
  for (std::size_t k = 0; j < n; ++j, ++k) sums[k] += static_cast<double>(f(j));
  return (((sums[0] + sums[4]) + (sums[2] + sums[6])) +
          ((sums[1] + sums[5]) + (sums[3] + sums[7]))) /
         static_cast<double>(n);
}

}  // namespace

// h_j = (x_j - mean) inverse
struct LayerNorm::Moments {
  Real mean, inverse;
  Real h(Real x) const { return (x - mean) * inverse; }
};

LayerNorm::LayerNorm(Kind kind, std::size_t index, const Shape& shape, bool has_bias,
                     ParameterLayout& layout)
    : Layer(shape, shape), kind_(kind), positions_(positions_of(shape)) {
  const std::size_t n = features_of(shape);
  const std::string prefix = std::string(name()) + std::to_string(index);
  gain_ = layout.blocks()[layout.add(prefix + "/gain", 1, n, BlockKind::kGain)];
  if (has_bias) bias_ = layout.blocks()[layout.add(prefix + "/bias", 1, n, BlockKind::kBias)];
}

void LayerNorm::initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const {
  std::ranges::fill(gain_.of(theta), Real(1));
  if (bias_) std::ranges::fill(bias_->of(theta), Real(0));
}

LayerNorm::Moments LayerNorm::moments(std::span<const Real> x) const {
  const double mean =
      kind_ == Kind::kRms ? 0 : mean_over(x.size(), [&](std::size_t j) { return x[j]; });
  const double square = mean_over(x.size(), [&](std::size_t j) {
    const double apart = static_cast<double>(x[j]) - mean;
    return apart * apart;
  });
  return {static_cast<Real>(mean), static_cast<Real>(1 / std::sqrt(square + kDelta))};
}

void LayerNorm::forward(const Pass& pass, std::span<const Real> theta,
                        const LayerState& whole) const {
  const LayerState state = by_position(whole, positions_);
  const std::span<const Real> gain = gain_.of(theta);
  const std::span<const Real> bias = bias_ ? bias_->of(theta) : std::span<const Real>();
  parallel_chunks(pass.threads, state.y.rows, kRowsAtOnce, [&](std::size_t row, std::size_t end) {
    for (; row < end; ++row) {
      const std::span<const Real> x = state.x.dense.row(row);
      const std::span<Real> y = state.y.row(row);
      const Moments m = moments(x);
      if (bias_)
        for (std::size_t j = 0; j < x.size(); ++j) y[j] = gain[j] * m.h(x[j]) + bias[j];
      else
        for (std::size_t j = 0; j < x.size(); ++j) y[j] = gain[j] * m.h(x[j]);
    }
  });
}

// dy h takes the place of dy, whose column sums are then dgamma.
void LayerNorm::backward(const Pass& pass, std::span<const Real> theta, const LayerState& whole,
                         MatrixView<Real> whole_dy, MatrixView<Real> whole_dx,
                         std::span<Real> gradient) const {
  const LayerState state = by_position(whole, positions_);
  const MatrixView<Real> dy = by_position(whole_dy, positions_);
  const MatrixView<Real> dx = by_position(whole_dx, positions_);
  const std::span<const Real> gain = gain_.of(theta);
  const bool centred = kind_ == Kind::kLayer;
  if (bias_) add_column_sums(pass.threads, dy, bias_->of(gradient));
  parallel_chunks(pass.threads, dy.rows, kRowsAtOnce, [&](std::size_t row, std::size_t end) {
    for (; row < end; ++row) {
      const std::span<const Real> x = state.x.dense.row(row);
      const std::span<Real> d = dy.row(row);
      const std::size_t n = x.size();
      const Moments m = moments(x);
      if (!dx.empty()) {
        const Real mean_g =
            centred ? static_cast<Real>(mean_over(n, [&](std::size_t j) { return gain[j] * d[j]; }))
                    : Real(0);
        const Real mean_gh = static_cast<Real>(
            mean_over(n, [&](std::size_t j) { return gain[j] * d[j] * m.h(x[j]); }));
        const std::span<Real> out = dx.row(row);
        for (std::size_t j = 0; j < n; ++j)
          out[j] = m.inverse * (gain[j] * d[j] - mean_g - m.h(x[j]) * mean_gh);
      }
      for (std::size_t j = 0; j < n; ++j) d[j] *= m.h(x[j]);
    }
  });
  add_column_sums(pass.threads, dy, gain_.of(gradient));
}

void LayerNorm::tangent_forward(const Pass& pass, std::span<const Real> theta,
                                std::span<const Real> v, const LayerState& whole,
                                const LayerState& whole_tangent) const {
  const LayerState state = by_position(whole, positions_);
  const LayerState tangent = by_position(whole_tangent, positions_);
  const std::span<const Real> gain = gain_.of(theta), v_gain = gain_.of(v);
  const std::span<const Real> v_bias = bias_ ? bias_->of(v) : std::span<const Real>();
  const bool centred = kind_ == Kind::kLayer;
  parallel_chunks(pass.threads, state.y.rows, kRowsAtOnce, [&](std::size_t row, std::size_t end) {
    for (; row < end; ++row) {
      const std::span<const Real> x = state.x.dense.row(row);
      const std::span<Real> ty = tangent.y.row(row);
      const std::size_t n = x.size();
      const Moments m = moments(x);
      for (std::size_t j = 0; j < n; ++j)
        ty[j] = v_gain[j] * m.h(x[j]) + (bias_ ? v_bias[j] : Real(0));
      if (tangent.x.dense.empty()) continue;
      const std::span<const Real> tx = tangent.x.dense.row(row);
      const Real mean_t =
          centred ? static_cast<Real>(mean_over(n, [&](std::size_t j) { return tx[j]; })) : Real(0);
      const Real mean_ht =
          static_cast<Real>(mean_over(n, [&](std::size_t j) { return m.h(x[j]) * tx[j]; }));
      for (std::size_t j = 0; j < n; ++j)
        ty[j] += gain[j] * m.inverse * (tx[j] - mean_t - m.h(x[j]) * mean_ht);
    }
  });
}

void LayerNorm::tangent_backward(const Pass& pass, std::span<const Real> theta,
                                 std::span<const Real> v, const LayerState& whole,
                                 const LayerState& whole_tangent, Dual whole_dy, Dual whole_dx,
                                 std::span<Real> hv) const {
  const LayerState state = by_position(whole, positions_);
  const MatrixView<const Real> whole_tx = by_position(whole_tangent.x.dense, positions_);
  const Dual dy = {by_position(whole_dy.value, positions_),
                   by_position(whole_dy.tangent, positions_)};
  const Dual dx = {by_position(whole_dx.value, positions_),
                   by_position(whole_dx.tangent, positions_)};
  const std::span<const Real> gain = gain_.of(theta), v_gain = gain_.of(v);
  const bool centred = kind_ == Kind::kLayer;
  if (bias_) add_column_sums(pass.threads, dy.tangent, bias_->of(hv));
  const auto mean = [](std::size_t n, auto f) { return static_cast<Real>(mean_over(n, f)); };
  const auto mean_if_centred = [&](std::size_t n, auto f) {
    return centred ? mean(n, f) : Real(0);
  };
  parallel_chunks(pass.threads, dy.value.rows, kRowsAtOnce, [&](std::size_t row, std::size_t end) {
    for (; row < end; ++row) {
      const std::span<const Real> x = state.x.dense.row(row);
      const std::span<Real> d = dy.value.row(row), td = dy.tangent.row(row);
      const std::size_t n = x.size();
      const Moments m = moments(x);
      if (whole_tx.empty()) {  // no parameter moves x: R{h} = 0, and nobody wants dx
        for (std::size_t j = 0; j < n; ++j) td[j] *= m.h(x[j]);
        continue;
      }
      const std::span<const Real> tx = whole_tx.row(row);
      const Real mean_t = mean_if_centred(n, [&](std::size_t j) { return tx[j]; });
      const Real mean_ht = mean(n, [&](std::size_t j) { return m.h(x[j]) * tx[j]; });
      const auto th = [&](std::size_t j) {
        return m.inverse * (tx[j] - mean_t - m.h(x[j]) * mean_ht);
      };
      const auto g = [&](std::size_t j) { return gain[j] * d[j]; };
      const auto tg = [&](std::size_t j) { return gain[j] * td[j] + v_gain[j] * d[j]; };
      const Real mean_g = mean_if_centred(n, g), mean_tg = mean_if_centred(n, tg);
      const Real mean_gh = mean(n, [&](std::size_t j) { return g(j) * m.h(x[j]); });
      const Real mean_tgh =
          mean(n, [&](std::size_t j) { return tg(j) * m.h(x[j]) + g(j) * th(j); });
      const std::span<Real> out = dx.value.row(row), t_out = dx.tangent.row(row);
      for (std::size_t j = 0; j < n; ++j) {
        const Real h = m.h(x[j]), bracket = g(j) - mean_g - h * mean_gh;
        out[j] = m.inverse * bracket;
        t_out[j] = m.inverse * (tg(j) - mean_tg - th(j) * mean_gh - h * mean_tgh -
                                m.inverse * mean_ht * bracket);
      }
      for (std::size_t j = 0; j < n; ++j) td[j] = td[j] * m.h(x[j]) + d[j] * th(j);
    }
  });
  add_column_sums(pass.threads, dy.tangent, gain_.of(hv));
}

}  // namespace ravine
