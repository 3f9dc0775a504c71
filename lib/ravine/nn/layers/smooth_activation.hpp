#pragma once

#include <string_view>

#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// Functions between layers whose derivatives do not follow from their output, or whose users
/// expect them beside these:
///
///   gelu_tanh  y = x (1 + tanh(c (x + a x^3))) / 2,  c = sqrt(2 / pi), a = 0.044715
///              (Hendrycks & Gimpel 2016, section 2; torch.nn.GELU(approximate="tanh"))
///   silu       y = x / (1 + e^-x)            (Elfwing et al. 2017; torch.nn.SiLU)
///   elu        y = x if x > 0, else e^x - 1  (Clevert et al. 2016, eq. 15, alpha = 1)
///
/// gelu_tanh approximates x Phi(x), which torch.nn.GELU() computes: they differ by less than 5e-4.
enum class SmoothFunction { kGeluTanh, kSilu, kElu };

constexpr std::string_view smooth_function_name(SmoothFunction function) {
  constexpr std::string_view kNames[] = {"gelu_tanh", "silu", "elu"};
  return kNames[static_cast<std::size_t>(function)];
}

/// Such a function as a layer; it keeps its input.
class RAVINE_EXPORT SmoothActivation final : public Layer, public CurvatureRules {
 public:
  SmoothActivation(SmoothFunction function, const Shape& shape)
      : Layer(shape, shape), function_(function) {}

  std::string_view name() const override { return smooth_function_name(function_); }
  LayerRole role() const override { return LayerRole::kActivation; }
  const CurvatureRules* curvature() const override { return this; }
  const ExampleSquares* example_squares() const override {
    return &ExampleSquares::without_parameters();
  }
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
  SmoothFunction function_;
};

}  // namespace ravine
