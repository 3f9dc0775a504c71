#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "ravine/nn/network_builder.hpp"
#include "ravine/nn/plan.hpp"

namespace ravine {

class Workspace;

/// Hears of the output of each step in forward(), and of dL/d(that output) in backward().
using StepObserver = std::function<void(std::size_t step, MatrixView<const Real>)>;

/// Layers, as a plan of steps (plan.hpp). Immutable and thread-safe; parameters and workspace are
/// passed in. No pass allocates.
class RAVINE_EXPORT Network {
 public:
  /// Throws Error where layers do not fit together, or not to what they stand between.
  Network(const NetworkOptions& options, const LayerList& layers);

  const Plan& plan() const { return plan_; }
  const ParameterLayout& layout() const { return plan_.layout; }
  const std::vector<Step>& steps() const { return plan_.steps; }
  std::size_t inputs() const { return plan_.input.size(); }
  std::size_t outputs() const { return plan_.output.size(); }
  /// Length of the flat vector of all batch-norm statistics: layer by layer, means then variances.
  std::size_t statistics_size() const { return plan_.statistics_size; }
  bool is_stochastic() const;
  /// Floating-point operations of forward and backward for one example.
  double flops_per_example() const;
  /// What each thread keeps for the most demanding layer (Layer::scratch_bytes).
  std::size_t scratch_bytes(bool tangents) const;

  /// The first layer without curvature rules (or whose term has none), without squares of single
  /// examples (or with a term); null if all have them.
  const Layer* without_curvature() const;
  const Layer* without_example_squares() const;

  void initialize(const Initializer& initializer, std::uint64_t seed, std::span<Real> theta) const;

  /// Runs the first `count` steps and returns the last one's output, z for all of them. In training
  /// the workspace's statistics are written, otherwise read.
  MatrixView<const Real> forward(const Pass& pass, std::span<const Real> theta, const Input& x,
                                 Workspace& workspace, std::size_t count,
                                 const StepObserver& observer = {}) const;
  MatrixView<const Real> forward(const Pass& pass, std::span<const Real> theta, const Input& x,
                                 Workspace& workspace) const {
    return forward(pass, theta, x, workspace, steps().size());
  }
  /// After forward(): what layers add to the objective, summed over the rows.
  double objective_terms(const Pass& pass, std::span<const Real> theta, const Input& x,
                         Workspace& workspace) const;
  /// After forward() in training: adds dL/dtheta to the gradient, from dL/dz in
  /// workspace.output_delta(), which is used up, and Pass::term_scale times that of the terms.
  void backward(const Pass& pass, std::span<const Real> theta, const Input& x, Workspace& workspace,
                std::span<Real> gradient, const StepObserver& observer = {}) const;

  // The R-operator along v (layer_offers.hpp), where without_curvature() is null. `tangents` is a
  // second workspace of the same size.

  /// After forward() in training: returns R{z}.
  MatrixView<const Real> tangent_forward(const Pass& pass, std::span<const Real> theta,
                                         std::span<const Real> v, const Input& x,
                                         Workspace& workspace, Workspace& tangents) const;
  /// After tangent_forward(): adds R{dL/dtheta} = H v to hv, from dL/dz and R{dL/dz} in the two
  /// output_delta(), which are used up.
  void tangent_backward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                        const Input& x, Workspace& workspace, Workspace& tangents,
                        std::span<Real> hv) const;
  /// After tangent_forward(): adds J' u to gv, from u in workspace.output_delta(), which is used
  /// up, and the curvature of the terms along v.
  void gauss_newton_backward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                             const Input& x, Workspace& workspace, Workspace& tangents,
                             std::span<Real> gv) const;
  /// After forward() in training: adds the squares of each row's own gradient, where
  /// without_example_squares() is null. `scratch` has room for the x and dy of any layer; `unused`
  /// is a gradient that is overwritten.
  void backward_squares(const Pass& pass, std::span<const Real> theta, const Input& x,
                        Workspace& workspace, std::span<Real> scratch, std::span<Real> unused,
                        std::span<Real> squares) const;

 private:
  Plan plan_;
};

}  // namespace ravine
