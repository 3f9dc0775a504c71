#pragma once

#include <optional>

#include "ravine/core/layout.hpp"
#include "ravine/core/real.hpp"
#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// One row of E per token, y_t = E[x_t]: (batch, positions) -> (batch, positions * width), with
///
///   dE[k] = sum over the places of token k of dy_t
///
/// E is "embedding<index>/weight", (vocabulary, width), drawn by the initializer of the trial as a
/// matrix of that shape: normal(sd=1) is PyTorch's. Tokens must be below the vocabulary.
class RAVINE_EXPORT Embedding final : public Layer, public CurvatureRules {
 public:
  Embedding(std::size_t index, std::size_t positions, std::size_t vocabulary, std::size_t width,
            ParameterLayout& layout);

  std::string_view name() const override { return "embedding"; }
  LayerRole role() const override { return LayerRole::kWeights; }
  bool takes(InputForm form) const override { return form == InputForm::kTokens; }
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
  std::size_t index_;
  Block rows_;
};

/// Adds to each position t a vector of its own, y_t = x_t + p_t:
///
///   learned      p_t is row t of "positions<index>/weight" (length, width)
///   sinusoidal   p_t,2i = sin(t / 10000^(2i/n)),  p_t,2i+1 = cos(t / 10000^(2i/n))
///
/// for t = 0, 1, ... and n features. Vaswani et al. (2017), section 3.5. It overwrites its input.
class RAVINE_EXPORT Positions final : public Layer, public CurvatureRules {
 public:
  Positions(std::size_t index, const Shape& sequence, bool learned, ParameterLayout& layout);

  std::string_view name() const override { return "positions"; }
  LayerRole role() const override { return rows_ ? LayerRole::kWeights : LayerRole::kOther; }
  bool works_in_place() const override { return true; }
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
  std::size_t index_;
  std::optional<Block> rows_;
  AlignedVector<Real> waves_;
};

/// Outputs that share the weights E of an embedding: y_t = x_t E', (batch, positions * width) ->
/// (batch, positions * vocabulary), as Press & Wolf (2017). It has no parameters of its own and
/// adds its part to the gradient of E.
class RAVINE_EXPORT TiedOutput final : public Layer, public CurvatureRules {
 public:
  /// `embedding` is (vocabulary, width).
  TiedOutput(const Shape& in, const Block& embedding);

  std::string_view name() const override { return "tied_output"; }
  LayerRole role() const override { return LayerRole::kWeights; }
  const CurvatureRules* curvature() const override { return this; }
  double multiplications() const override {
    return static_cast<double>(positions_) * static_cast<double>(rows_.size());
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
  std::size_t positions_;
  Block rows_;
};

}  // namespace ravine
