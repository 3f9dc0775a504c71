#pragma once

#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// What attention computes between its projections, for each example and each of `heads` heads of
/// d = n / heads features:
///
///   S = Q K' / sqrt(d)      P = softmax of each row of S      Y = P V
///   dV = P' dY     dP = dY V'     dS = P (dP - rows(dP P))     dQ = dS K / sqrt(d)
///   dK = dS' Q / sqrt(d)
///
/// where rows() sums each row of an elementwise product. Vaswani et al. (2017), eq. 1 and section
/// 3.2.2. With `causal`, position t takes only positions up to t into account. The derivatives
/// along a direction follow by the product rule, with R{P} = P (R{S} - rows(P R{S})).
///
/// x is (batch, positions * 3 n), at each position Q, K and V one behind the other and in each of
/// them one head behind the other; y is (batch, positions * n). P is not kept: backward() computes
/// it again, which costs less time than to read it from memory.
class RAVINE_EXPORT AttentionCore final : public Layer, public CurvatureRules {
 public:
  AttentionCore(const Shape& in, std::size_t heads, bool causal);

  std::string_view name() const override { return "attention"; }
  const CurvatureRules* curvature() const override { return this; }
  double multiplications() const override {
    return 2 * static_cast<double>(length_) * static_cast<double>(length_ * heads_ * depth_);
  }
  /// The squares of one head.
  std::size_t scratch_bytes(bool tangents) const override {
    return squares(tangents) * length_ * length_ * sizeof(Real);
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
  class Head;
  static constexpr std::size_t squares(bool tangents) { return tangents ? 4 : 2; }
  template <class F>
  void for_each_head(Threads threads, std::size_t rows, bool tangents, F f) const;

  std::size_t length_, heads_, depth_;
  bool causal_;
};

}  // namespace ravine
