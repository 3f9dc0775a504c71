#include "ravine/nn/layers/batch_norm.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string>
#include <utility>

#include "ravine/linalg/panels.hpp"
#include "ravine/linalg/stats.hpp"

namespace ravine {
namespace {

using Constants = std::array<Real, kPanelCols>;

// mu and 1 / sigma of the columns of a panel, rounded once.
struct Standardization {
  Constants mean, inverse_sigma;

  Standardization(std::span<const double> statistics, double delta, std::size_t begin,
                  std::size_t end) {
    const std::span<const double> variance = statistics.subspan(statistics.size() / 2);
    for (std::size_t j = begin; j < end; ++j) {
      mean[j - begin] = static_cast<Real>(statistics[j]);
      inverse_sigma[j - begin] = static_cast<Real>(1 / std::sqrt(delta + variance[j]));
    }
  }
  // h of column k of the panel
  Real normalized(Real x, std::size_t k) const { return (x - mean[k]) * inverse_sigma[k]; }
  // R{h} of column j, with R{mu} and R{sigma} of all columns
  Real tangent(Real tx, Real h, std::span<const double> statistics, std::size_t begin,
               std::size_t j) const {
    const Real t_mean = static_cast<Real>(statistics[j]);
    const Real t_sigma = static_cast<Real>(statistics[statistics.size() / 2 + j]);
    return (tx - t_mean - h * t_sigma) * inverse_sigma[j - begin];
  }
};

}  // namespace

BatchNorm::BatchNorm(std::size_t index, const Shape& shape, std::size_t units,
                     ParameterLayout& layout, double delta)
    : Layer(shape, shape), delta_(delta) {
  const std::string name = "batch_norm" + std::to_string(index);
  gain_ = layout.blocks()[layout.add(name + "/gain", 1, units, BlockKind::kGain)];
  bias_ = layout.blocks()[layout.add(name + "/bias", 1, units, BlockKind::kBias)];
}

void BatchNorm::initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const {
  std::ranges::fill(gain_.of(theta), Real(1));
  std::ranges::fill(bias_.of(theta), Real(0));
}

void BatchNorm::forward(const Pass& pass, std::span<const Real> theta,
                        const LayerState& state) const {
  const MatrixView<const Real> x = by_unit(state.x.dense);
  const MatrixView<Real> y = by_unit(state.y);
  const std::size_t width = units();
  if (pass.training)
    column_moments(pass.threads, x, state.statistics.first(width), state.statistics.last(width));
  const std::span<const Real> gain = gain_.of(theta), bias = bias_.of(theta);
  for_column_panels(pass.threads, x.rows, width, [&](std::size_t begin, std::size_t end) {
    const Standardization s(state.statistics, delta_, begin, end);
    for (std::size_t i = 0; i < x.rows; ++i) {
      const Real* const in = x.row(i).data();
      Real* const out = y.row(i).data();
      for (std::size_t j = begin; j < end; ++j) {
        const Real h = (in[j] - s.mean[j - begin]) * s.inverse_sigma[j - begin];
        out[j] = gain[j] * h + bias[j];
      }
    }
  });
}

void BatchNorm::backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                         MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real> gradient) const {
  assert(pass.training);
  const MatrixView<const Real> x = by_unit(state.x.dense);
  dy = by_unit(dy);
  dx = by_unit(dx);
  const double m = static_cast<double>(x.rows);
  const std::span<const Real> gain = gain_.of(theta);
  const std::span<Real> gain_gradient = gain_.of(gradient), bias_gradient = bias_.of(gradient);
  for_column_panels(pass.threads, x.rows, units(), [&](std::size_t begin, std::size_t end) {
    const Standardization s(state.statistics, delta_, begin, end);
    const auto normalized = [&](const Real* in, std::size_t j) {
      return (in[j] - s.mean[j - begin]) * s.inverse_sigma[j - begin];
    };
    Panel d_gamma{}, d_beta{};
    for (std::size_t i = 0; i < x.rows; ++i) {
      const Real *const in = x.row(i).data(), *const delta = dy.row(i).data();
      for (std::size_t j = begin; j < end; ++j) {
        d_gamma[j - begin] += static_cast<double>(delta[j]) * normalized(in, j);
        d_beta[j - begin] += delta[j];
      }
    }
    Constants factor, mean_delta, mean_slope;
    for (std::size_t j = begin; j < end; ++j) {
      const std::size_t k = j - begin;
      gain_gradient[j] += static_cast<Real>(d_gamma[k]);
      bias_gradient[j] += static_cast<Real>(d_beta[k]);
      factor[k] = gain[j] * s.inverse_sigma[k];
      mean_delta[k] = static_cast<Real>(d_beta[k] / m);
      mean_slope[k] = static_cast<Real>(d_gamma[k] / m);
    }
    if (dx.empty()) return;
    for (std::size_t i = 0; i < x.rows; ++i) {
      const Real *const in = x.row(i).data(), *const delta = dy.row(i).data();
      Real* const out = dx.row(i).data();
      for (std::size_t j = begin; j < end; ++j) {
        const std::size_t k = j - begin;
        out[j] = factor[k] * (delta[j] - mean_delta[k] - normalized(in, j) * mean_slope[k]);
      }
    }
  });
}

void BatchNorm::tangent_forward(const Pass& pass, std::span<const Real> theta,
                                std::span<const Real> v, const LayerState& state,
                                const LayerState& tangent) const {
  assert(pass.training);
  const std::size_t width = units();
  const MatrixView<const Real> x = by_unit(state.x.dense), tx = by_unit(tangent.x.dense);
  const MatrixView<Real> ty = by_unit(tangent.y);
  const std::span<double> t_mean = tangent.statistics.first(width);
  const std::span<double> t_sigma = tangent.statistics.last(width);
  const std::span<const Real> gain = gain_.of(theta), t_gain = gain_.of(v), t_bias = bias_.of(v);
  for_column_panels(pass.threads, x.rows, width, [&](std::size_t begin, std::size_t end) {
    const Standardization s(state.statistics, delta_, begin, end);
    std::fill(&t_mean[begin], &t_mean[begin] + (end - begin), 0.0);
    std::fill(&t_sigma[begin], &t_sigma[begin] + (end - begin), 0.0);
    for (std::size_t i = 0; i < tx.rows; ++i)
      for (std::size_t j = begin; j < end; ++j) {
        t_mean[j] += static_cast<double>(tx(i, j)) / static_cast<double>(x.rows);
        t_sigma[j] += static_cast<double>(tx(i, j)) * s.normalized(x(i, j), j - begin) /
                      static_cast<double>(x.rows);
      }
    for (std::size_t i = 0; i < x.rows; ++i)
      for (std::size_t j = begin; j < end; ++j) {
        const Real h = s.normalized(x(i, j), j - begin);
        const Real th = tx.empty() ? 0 : s.tangent(tx(i, j), h, tangent.statistics, begin, j);
        ty(i, j) = t_gain[j] * h + gain[j] * th + t_bias[j];
      }
  });
}

// The product rule on dx_ij = (gamma_j / sigma_j) (dy_ij - dbeta_j / m - h_ij dgamma_j / m), and on
// the sums dgamma and dbeta.
void BatchNorm::tangent_backward(const Pass& pass, std::span<const Real> theta,
                                 std::span<const Real> v, const LayerState& state,
                                 const LayerState& tangent, Dual dy, Dual dx,
                                 std::span<Real> hv) const {
  const MatrixView<const Real> x = by_unit(state.x.dense), tx = by_unit(tangent.x.dense);
  dy = {by_unit(dy.value), by_unit(dy.tangent)};
  dx = {by_unit(dx.value), by_unit(dx.tangent)};
  const double m = static_cast<double>(x.rows);
  const std::span<const Real> gain = gain_.of(theta), t_gain = gain_.of(v);
  const std::span<Real> gain_product = gain_.of(hv), bias_product = bias_.of(hv);
  for_column_panels(pass.threads, x.rows, units(), [&](std::size_t begin, std::size_t end) {
    const Standardization s(state.statistics, delta_, begin, end);
    const auto normalized = [&](std::size_t i, std::size_t j) {
      const Real h = s.normalized(x(i, j), j - begin);
      const Real th = tx.empty() ? 0 : s.tangent(tx(i, j), h, tangent.statistics, begin, j);
      return std::pair(h, th);
    };
    Panel d_gamma{}, d_beta{}, td_gamma{}, td_beta{};
    for (std::size_t i = 0; i < x.rows; ++i)
      for (std::size_t j = begin; j < end; ++j) {
        const auto [h, th] = normalized(i, j);
        const double delta = dy.value(i, j), t_delta = dy.tangent(i, j);
        d_gamma[j - begin] += delta * h;
        d_beta[j - begin] += delta;
        td_gamma[j - begin] += t_delta * h + delta * th;
        td_beta[j - begin] += t_delta;
      }
    for (std::size_t j = begin; j < end; ++j) {
      gain_product[j] += static_cast<Real>(td_gamma[j - begin]);
      bias_product[j] += static_cast<Real>(td_beta[j - begin]);
    }
    if (dx.value.empty()) return;
    for (std::size_t j = begin; j < end; ++j)
      for (Panel* sums : {&d_gamma, &d_beta, &td_gamma, &td_beta}) (*sums)[j - begin] /= m;
    for (std::size_t i = 0; i < x.rows; ++i)
      for (std::size_t j = begin; j < end; ++j) {
        const std::size_t k = j - begin;
        const auto [h, th] = normalized(i, j);
        const double inverse = s.inverse_sigma[k], t_sigma = tangent.statistics[units() + j];
        const double factor = gain[j] * inverse;
        const double t_factor = t_gain[j] * inverse - factor * inverse * t_sigma;
        const double inner = dy.value(i, j) - d_beta[k] - h * d_gamma[k];
        const double t_inner = dy.tangent(i, j) - td_beta[k] - th * d_gamma[k] - h * td_gamma[k];
        dx.value(i, j) = static_cast<Real>(factor * inner);
        dx.tangent(i, j) = static_cast<Real>(t_factor * inner + factor * t_inner);
      }
  });
}

}  // namespace ravine
