#include "ravine/nn/batch_norm.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string>

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
};

}  // namespace

BatchNorm::BatchNorm(std::size_t index, std::size_t width, ParameterLayout& layout, double delta)
    : delta_(delta) {
  const std::string name = "batch_norm" + std::to_string(index);
  gain_ = layout.blocks()[layout.add(name + "/gain", 1, width, BlockKind::kGain)];
  bias_ = layout.blocks()[layout.add(name + "/bias", 1, width, BlockKind::kBias)];
}

void BatchNorm::initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const {
  std::ranges::fill(gain_.of(theta), Real(1));
  std::ranges::fill(bias_.of(theta), Real(0));
}

void BatchNorm::forward(const Pass& pass, std::span<const Real> theta,
                        const LayerState& state) const {
  const MatrixView<const Real> x = state.x.dense;
  const MatrixView<Real> y = state.y;
  const std::size_t width = outputs();
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
  const MatrixView<const Real> x = state.x.dense;
  const double m = static_cast<double>(x.rows);
  const std::span<const Real> gain = gain_.of(theta);
  const std::span<Real> gain_gradient = gain_.of(gradient), bias_gradient = bias_.of(gradient);
  for_column_panels(pass.threads, x.rows, outputs(), [&](std::size_t begin, std::size_t end) {
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

}  // namespace ravine
