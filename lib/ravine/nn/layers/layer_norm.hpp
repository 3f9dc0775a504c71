#pragma once

#include <optional>

#include "ravine/core/layout.hpp"
#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// Normalization of each position over its n features, whatever the rest of the batch:
///
///   layer_norm   mu = mean_j x_j,  sigma = sqrt(delta + mean_j (x_j - mu)^2)
///   rms_norm     mu = 0,           sigma = sqrt(delta + mean_j x_j^2)
///   y_j = gamma_j h_j + beta_j,    h_j = (x_j - mu) / sigma
///   dgamma_j = sum dy_j h_j        dbeta_j = sum dy_j          over all positions of the batch
///   dx_j = (g_j - mean(g) - h_j mean(g h)) / sigma,   g_j = gamma_j dy_j
///
/// and their derivatives along a direction:
///
///   R{h_j} = (R{x_j} - mean(R{x}) - h_j mean(h R{x})) / sigma
///
/// with no mean(g) and no mean(R{x}) for rms_norm. Ba, Kiros & Hinton (2016), eq. 4; Zhang &
/// Sennrich (2019), eq. 4. delta is 1e-5, as PyTorch's.
///
/// x is (batch, positions * n); a vector is one position. gamma is "layer_norm<index>/gain" (or
/// rms_norm; starts at 1), beta "layer_norm<index>/bias" (starts at 0, whatever the initializer),
/// which rms_norm does not have.
class RAVINE_EXPORT LayerNorm final : public Layer, public CurvatureRules {
 public:
  enum class Kind { kLayer, kRms };
  static constexpr double kDelta = 1e-5;

  LayerNorm(Kind kind, std::size_t index, const Shape& shape, bool has_bias,
            ParameterLayout& layout);

  std::string_view name() const override {
    return kind_ == Kind::kLayer ? "layer_norm" : "rms_norm";
  }
  LayerRole role() const override { return LayerRole::kNormalization; }
  const CurvatureRules* curvature() const override { return this; }
  void initialize(const Initializer& initializer, std::uint64_t seed,
                  std::span<Real> theta) const override;
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
  struct Moments;
  Moments moments(std::span<const Real> x) const;

  Kind kind_;
  std::size_t positions_;
  Block gain_;
  std::optional<Block> bias_;
};

}  // namespace ravine
