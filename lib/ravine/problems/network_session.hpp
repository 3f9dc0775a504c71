#pragma once

#include <cstdint>
#include <memory>

#include "ravine/nn/curvature_products.hpp"
#include "ravine/nn/workspace.hpp"
#include "ravine/problems/batch.hpp"
#include "ravine/problems/exact_statistics.hpp"
#include "ravine/problems/network_diagnostics.hpp"
#include "ravine/problems/network_problem.hpp"
#include "ravine/problems/running_statistics.hpp"

namespace ravine {

/// One trial's view of a NetworkProblem.
class NetworkSession final : public Session {
 public:
  NetworkSession(std::shared_ptr<const NetworkModel> model, std::uint64_t seed,
                 std::size_t batch_size, Threads threads);

  /// Bytes of a session that nobody has started, by arithmetic: see workspace_bytes().
  static std::size_t bytes(const NetworkModel& model, std::size_t batch_size, bool uses_curvature,
                           Threads threads);

  void select(std::int64_t step, std::span<const std::int32_t> examples) override;
  void fold_statistics() override { running_.fold(); }
  Metrics measure(std::span<const Real> theta) override;
  Metrics measure_averaged(std::span<const Real> theta) override;
  const std::vector<LayerDiagnostics>& diagnose(std::span<const Real> theta) override;
  std::span<Real> buffers() override { return running_.buffers(); }
  std::size_t workspace_bytes() const override;
  bool stationary() const override {
    return !model_->network.is_stochastic() && batch_.rows() == model_->data->train.size();
  }

 private:
  struct Measurement;

  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override;
  void do_hessian_vector(std::span<const Real> theta, std::span<const Real> v,
                         std::span<Real> hv) override {
    add_curvature(Curvature::kHessian, theta, v, hv);
  }
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    add_curvature(Curvature::kGaussNewton, theta, v, gv);
  }
  bool do_mean_squared_gradient(std::span<const Real> theta, std::span<Real> out) override;
  void add_curvature(Curvature kind, std::span<const Real> theta, std::span<const Real> v,
                     std::span<Real> product);
  CurvatureProducts& curvature();
  CurvatureProducts::Point point(std::span<const Real> theta);
  void start_gradient(std::span<const Real> theta, std::span<Real> gradient) const;
  Start start_without_penalty(std::span<Real> gradient) const;
  double penalty(std::span<const Real> theta) const;
  Metrics measure_with_statistics(std::span<const Real> theta);
  Measurement measure_range(std::span<const Real> theta, Range range);

  std::shared_ptr<const NetworkModel> model_;
  Pass training_, inference_;
  Batch batch_, measured_batch_;
  Workspace workspace_, measured_workspace_;
  RunningStatistics running_;
  ExactStatistics exact_;
  std::unique_ptr<CurvatureProducts> curvature_;     // made when first asked for
  std::unique_ptr<NetworkDiagnostics> diagnostics_;  // made when first asked for
};

}  // namespace ravine
