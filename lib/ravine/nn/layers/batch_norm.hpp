#pragma once

#include "ravine/core/layout.hpp"
#include "ravine/nn/layer_offers.hpp"

namespace ravine {

/// Batch normalization of each element j of an example over the m rows of the mini-batch, or of
/// each channel j of images over the m positions of all of them.
///
///   mu_j = (1/m) sum_i x_ij          sigma_j = sqrt(delta + (1/m) sum_i (x_ij - mu_j)^2)
///   y_ij = gamma_j h_ij + beta_j,    h_ij = (x_ij - mu_j) / sigma_j
///   dgamma_j = sum_i dy_ij h_ij      dbeta_j = sum_i dy_ij
///   dx_ij = (gamma_j / sigma_j) (dy_ij - dbeta_j / m - h_ij dgamma_j / m)
///
/// and their derivatives along a direction, through the statistics too:
///
///   R{mu_j} = (1/m) sum_i R{x_ij}         R{sigma_j} = (1/m) sum_i h_ij R{x_ij}
///   R{h_ij} = (R{x_ij} - R{mu_j} - h_ij R{sigma_j}) / sigma_j
///
/// Ioffe & Szegedy (2015), Algorithm 1; lecture L23-L26. It stands in front of the activation, on
/// hidden layers or on the input. A pass in training takes mu and sigma from the batch, writes mu
/// and the variance to the state's statistics and differentiates through both; any other pass
/// takes them from there.
///
/// In training the variance is the biased one, as in Algorithm 1; statistics for other passes are
/// the unbiased one, as in Algorithm 2 (problems/running_statistics.hpp). With m = 1 every output
/// is beta and no gradient passes: trials need m >= 2.
///
/// gamma is "batch_norm<index>/gain" (starts at 1), beta "batch_norm<index>/bias" (starts at 0,
/// whatever the initializer). Statistics: the means of all units, then their variances.
class RAVINE_EXPORT BatchNorm final : public Layer, public CurvatureRules {
 public:
  static constexpr double kDelta = 1e-5;

  /// `units` is the number of elements of an example, or of channels, which then lie last.
  BatchNorm(std::size_t index, const Shape& shape, std::size_t units, ParameterLayout& layout,
            double delta = kDelta);

  std::string_view name() const override { return "batch_norm"; }
  LayerRole role() const override { return LayerRole::kNormalization; }
  const CurvatureRules* curvature() const override { return this; }
  std::size_t statistics_size() const override { return 2 * gain_.cols; }
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
  // (m, units)
  template <class T>
  MatrixView<T> by_unit(MatrixView<T> x) const {
    return x.empty() ? MatrixView<T>() : MatrixView<T>(x.data, x.size() / units(), units());
  }
  std::size_t units() const { return gain_.cols; }

  double delta_;
  Block gain_, bias_;
};

}  // namespace ravine
