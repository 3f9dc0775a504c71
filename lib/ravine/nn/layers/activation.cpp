#include "ravine/nn/layers/activation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "ravine/core/component.hpp"
#include "ravine/core/math.hpp"
#include "ravine/linalg/panels.hpp"

namespace ravine {
namespace {

template <class F>
void each(std::span<Real> y, F f) {
  for (Real& value : y) value = f(value);
}

template <class Derivative>
void scale(std::span<const Real> y, std::span<Real> dy, Derivative derivative) {
  for (std::size_t i = 0; i < y.size(); ++i) dy[i] *= derivative(y[i]);
}

constexpr Real kLeak = Real(0.01);

// Calls f(piece, scratch) for pieces of y, with as much room to compute in.
template <class F>
void with_scratch(std::span<Real> y, F f) {
  std::array<Real, 256> scratch;
  for (std::size_t begin = 0; begin < y.size(); begin += scratch.size()) {
    const std::size_t count = std::min(scratch.size(), y.size() - begin);
    f(begin, y.subspan(begin, count), std::span(scratch).first(count));
  }
}

// log(1 + e^x) = max(x, 0) + remainder(x)
void softplus(std::span<Real> y) {
  with_scratch(y, [](std::size_t, std::span<Real> piece, std::span<Real> remainder) {
    softplus_remainder(piece, remainder);
    for (std::size_t i = 0; i < piece.size(); ++i)
      piece[i] = (piece[i] < 0 ? Real(0) : piece[i]) + remainder[i];
  });
}

// tdy += dy (df'/dy) ty
template <class Slope>
void bend(std::span<const Real> y, std::span<const Real> ty, std::span<const Real> dy,
          std::span<Real> tdy, Slope slope) {
  for (std::size_t i = 0; i < y.size(); ++i) tdy[i] += dy[i] * slope(y[i]) * ty[i];
}

// d(1 - e^-y)/dy = e^-y
void bend_by_softplus(std::span<const Real> y, std::span<const Real> ty, std::span<const Real> dy,
                      std::span<Real> tdy) {
  with_scratch(tdy, [&](std::size_t begin, std::span<Real> piece, std::span<Real> decay) {
    for (std::size_t i = 0; i < piece.size(); ++i) decay[i] = -y[begin + i];
    exp(decay, decay);
    for (std::size_t i = 0; i < piece.size(); ++i)
      piece[i] += dy[begin + i] * decay[i] * ty[begin + i];
  });
}

void scale_by_softplus_derivative(std::span<const Real> y, std::span<Real> dy) {
  with_scratch(dy, [&](std::size_t begin, std::span<Real> piece, std::span<Real> slope) {
    one_minus_exp(y.subspan(begin, slope.size()), slope);
    for (std::size_t i = 0; i < piece.size(); ++i) piece[i] *= slope[i];
  });
}

}  // namespace

Activation parse_activation(std::string_view name) {
  check_choice("activation", std::string(name), kActivationNames);
  int number = 0;
  while (activation_name(static_cast<Activation>(number)) != name) ++number;
  return static_cast<Activation>(number);
}

void apply_activation(Activation activation, std::span<Real> y) {
  switch (activation) {
    case Activation::kLinear:
      return;
    case Activation::kSigmoid:
      return logistic(y, y);
    case Activation::kTanh:
      return tanh(y, y);
    case Activation::kRelu:  // written so that NaN passes and divergence is seen
      return each(y, [](Real x) { return x < 0 ? Real(0) : x; });
    case Activation::kSoftsign:
      return each(y, [](Real x) { return x / (1 + std::abs(x)); });
    case Activation::kLeakyRelu:
      return each(y, [](Real x) { return x < 0 ? kLeak * x : x; });
    case Activation::kSoftplus:
      return softplus(y);
  }
}

void apply_derivative(Activation activation, std::span<const Real> y, std::span<Real> dy) {
  switch (activation) {
    case Activation::kLinear:
      return;
    case Activation::kSigmoid:
      return scale(y, dy, [](Real v) { return v * (1 - v); });
    case Activation::kTanh:
      return scale(y, dy, [](Real v) { return 1 - v * v; });
    case Activation::kRelu:
      return scale(y, dy, [](Real v) { return v > 0 ? Real(1) : Real(0); });
    case Activation::kSoftsign:
      return scale(y, dy, [](Real v) { return (1 - std::abs(v)) * (1 - std::abs(v)); });
    case Activation::kLeakyRelu:
      return scale(y, dy, [](Real v) { return v > 0 ? Real(1) : kLeak; });
    case Activation::kSoftplus:
      return scale_by_softplus_derivative(y, dy);
  }
}

void apply_derivative_tangent(Activation activation, std::span<const Real> y,
                              std::span<const Real> ty, std::span<Real> dy, std::span<Real> tdy) {
  apply_derivative(activation, y, tdy);
  switch (activation) {
    case Activation::kLinear:
    case Activation::kRelu:
    case Activation::kLeakyRelu:
      break;
    case Activation::kSigmoid:
      bend(y, ty, dy, tdy, [](Real v) { return 1 - 2 * v; });
      break;
    case Activation::kTanh:
      bend(y, ty, dy, tdy, [](Real v) { return -2 * v; });
      break;
    case Activation::kSoftsign:
      bend(y, ty, dy, tdy, [](Real v) { return v < 0 ? 2 * (1 + v) : -2 * (1 - v); });
      break;
    case Activation::kSoftplus:
      bend_by_softplus(y, ty, dy, tdy);
      break;
  }
  apply_derivative(activation, y, dy);
}

void ActivationLayer::forward(const Pass& pass, std::span<const Real>,
                              const LayerState& state) const {
  const std::span<Real> y = state.y.elements();
  for_elements(pass.threads, y.size(), [&](std::size_t begin, std::size_t end) {
    apply_activation(activation_, y.subspan(begin, end - begin));
  });
}

void ActivationLayer::backward(const Pass& pass, std::span<const Real>, const LayerState& state,
                               MatrixView<Real> dy, MatrixView<Real>, std::span<Real>) const {
  const std::span<const Real> y = state.y.elements();
  const std::span<Real> delta = dy.elements();
  for_elements(pass.threads, y.size(), [&](std::size_t begin, std::size_t end) {
    apply_derivative(activation_, y.subspan(begin, end - begin), delta.subspan(begin, end - begin));
  });
}

void ActivationLayer::tangent_forward(const Pass& pass, std::span<const Real>,
                                      std::span<const Real>, const LayerState& state,
                                      const LayerState& tangent) const {
  const std::span<const Real> y = state.y.elements();
  const std::span<Real> ty = tangent.y.elements();
  for_elements(pass.threads, y.size(), [&](std::size_t begin, std::size_t end) {
    apply_derivative(activation_, y.subspan(begin, end - begin), ty.subspan(begin, end - begin));
  });
}

void ActivationLayer::tangent_backward(const Pass& pass, std::span<const Real>,
                                       std::span<const Real>, const LayerState& state,
                                       const LayerState& tangent, Dual dy, Dual,
                                       std::span<Real>) const {
  const std::span<const Real> y = state.y.elements(), ty = tangent.y.elements();
  const std::span<Real> delta = dy.value.elements(), t_delta = dy.tangent.elements();
  for_elements(pass.threads, y.size(), [&](std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    apply_derivative_tangent(activation_, y.subspan(begin, count), ty.subspan(begin, count),
                             delta.subspan(begin, count), t_delta.subspan(begin, count));
  });
}

}  // namespace ravine
