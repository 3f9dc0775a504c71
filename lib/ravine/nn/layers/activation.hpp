#pragma once

#include <string_view>

#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// The functions between layers:
///
///   linear      y = x                  dy/dx = 1
///   sigmoid     y = 1 / (1 + e^-x)     dy/dx = y (1 - y)
///   tanh        y = tanh x             dy/dx = 1 - y^2
///   relu        y = max(0, x)          dy/dx = [y > 0]              (0 at the kink)
///   softsign    y = x / (1 + |x|)      dy/dx = (1 - |y|)^2          (Bergstra et al. 2009)
///   leaky_relu  y = max(0.01 x, x)     dy/dx = 1 if y > 0, else 0.01  (Maas et al. 2013)
///   softplus    y = log(1 + e^x)       dy/dx = 1 - e^-y             (Dugas et al. 2001)
///
/// All derivatives follow from the output, so x is never kept. softplus' is computed as
/// -expm1(-y) and has all its digits. The others are as good as y: their absolute error is some
/// units of 1, and they are 0 where y rounds to 1 (float: sigmoid from x = 17 on, tanh from
/// |x| = 9, softsign from |x| = 3e7; double: 37, 19 and 2e16), though sigmoid' is 4e-8 and tanh'
/// 6e-8 there. To compute them from x would take 0.9 ns an element instead of 0.2 and a second
/// buffer of (batch, width) in every layer.
enum class Activation { kLinear, kSigmoid, kTanh, kRelu, kSoftsign, kLeakyRelu, kSoftplus };

/// The names above as a rule for component fields.
inline constexpr std::string_view kActivationNames =
    "linear|sigmoid|tanh|relu|softsign|leaky_relu|softplus";

constexpr std::string_view activation_name(Activation activation) {
  std::string_view names = kActivationNames;  // in the order of the enumeration
  for (int before = static_cast<int>(activation); before > 0; --before)
    names.remove_prefix(names.find('|') + 1);
  return names.substr(0, names.find('|'));
}
/// Throws Error for an unknown name.
RAVINE_EXPORT Activation parse_activation(std::string_view name);
/// y <- f(y); NaN stays NaN. Thread-safe.
RAVINE_EXPORT void apply_activation(Activation activation, std::span<Real> y);
/// dy <- dy f'(x), given y = f(x). Thread-safe.
RAVINE_EXPORT void apply_derivative(Activation activation, std::span<const Real> y,
                                    std::span<Real> dy);

/// With dy = dL/dy, R{dy} and R{y} as ty: R{dy} <- R{dy f'(x)} = R{dy} f'(x) + dy f''(x) R{x},
/// where f''(x) R{x} = (df'/dy) R{y}; then dy <- dy f'(x). Kinks have no curvature. Thread-safe.
RAVINE_EXPORT void apply_derivative_tangent(Activation activation, std::span<const Real> y,
                                            std::span<const Real> ty, std::span<Real> dy,
                                            std::span<Real> tdy);

/// An activation as a layer; it overwrites its input.
class RAVINE_EXPORT ActivationLayer final : public Layer, public CurvatureRules {
 public:
  ActivationLayer(Activation activation, const Shape& shape)
      : Layer(shape, shape), activation_(activation) {}

  std::string_view name() const override { return activation_name(activation_); }
  LayerRole role() const override { return LayerRole::kActivation; }
  bool reads_output() const override { return true; }
  const CurvatureRules* curvature() const override { return this; }
  const ExampleSquares* example_squares() const override {
    return &ExampleSquares::without_parameters();
  }
  bool works_in_place() const override { return true; }
  void forward(const Pass& pass, std::span<const Real> theta,
               const LayerState& state) const override;
  void backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real> gradient) const override;
  void tangent_forward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                       const LayerState& state, const LayerState& tangent) const override;
  void tangent_backward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                        const LayerState& state, const LayerState& tangent, Dual dy, Dual dx,
                        std::span<Real> hv) const override;

 private:
  Activation activation_;
};

}  // namespace ravine
