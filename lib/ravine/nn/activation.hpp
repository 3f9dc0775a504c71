#pragma once

#include <string_view>

#include "ravine/nn/layer.hpp"

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
/// All derivatives follow from the output, so x is never kept.
enum class Activation { kLinear, kSigmoid, kTanh, kRelu, kSoftsign, kLeakyRelu, kSoftplus };

/// The names above as a rule for component fields.
inline constexpr std::string_view kActivationNames =
    "linear|sigmoid|tanh|relu|softsign|leaky_relu|softplus";

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
class RAVINE_EXPORT ActivationLayer final : public Layer {
 public:
  ActivationLayer(Activation activation, std::size_t width)
      : activation_(activation), width_(width) {}

  std::size_t inputs() const override { return width_; }
  std::size_t outputs() const override { return width_; }
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
  std::size_t width_;
};

}  // namespace ravine
