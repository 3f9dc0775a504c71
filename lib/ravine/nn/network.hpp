#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "ravine/core/layout.hpp"
#include "ravine/nn/activation.hpp"
#include "ravine/nn/layer.hpp"

namespace ravine {

class Workspace;

/// Where batch normalization stands: nowhere, before every hidden activation, or also on the input.
enum class BatchNormPlacement { kOff, kHidden, kInputAndHidden };
/// off | hidden | input+hidden. Throws Error for another name.
RAVINE_EXPORT BatchNormPlacement parse_batch_norm(std::string_view name);

struct HiddenLayer {
  std::size_t width = 0;
  Activation activation = Activation::kRelu;
};

/// A fully connected network: inputs, hidden layers, outputs (without an activation of their own:
/// that is part of the loss).
struct NetworkShape {
  std::size_t inputs = 0;
  std::vector<HiddenLayer> hidden;
  std::size_t outputs = 0;
  BatchNormPlacement batch_norm = BatchNormPlacement::kOff;
  double dropout = 0;  // probability, behind every hidden activation
};

/// Hears of the output of each layer in forward(), and of dL/d(that output) in backward().
using LayerObserver = std::function<void(std::size_t layer, MatrixView<const Real>)>;

/// A sequence of layers. Immutable and thread-safe; parameters and workspace are passed in.
class RAVINE_EXPORT Network {
 public:
  /// Throws Error for empty shapes.
  explicit Network(const NetworkShape& shape);

  const ParameterLayout& layout() const { return layout_; }
  const std::vector<std::unique_ptr<const Layer>>& layers() const { return layers_; }
  std::size_t inputs() const { return layers_.front()->inputs(); }
  std::size_t outputs() const { return layers_.back()->outputs(); }
  /// Length of the flat vector of all batch-norm statistics: layer by layer, means then variances.
  std::size_t statistics_size() const { return statistics_size_; }
  /// Floating-point operations of forward and backward for one example.
  double flops_per_example() const;

  void initialize(const Initializer& initializer, std::uint64_t seed, std::span<Real> theta) const;

  /// Runs the first `count` layers and returns the last one's output, z for all of them. In
  /// training the workspace's statistics are written, otherwise read.
  MatrixView<const Real> forward(const Pass& pass, std::span<const Real> theta, const Input& x,
                                 Workspace& workspace, std::size_t count,
                                 const LayerObserver& observer = {}) const;
  MatrixView<const Real> forward(const Pass& pass, std::span<const Real> theta, const Input& x,
                                 Workspace& workspace) const {
    return forward(pass, theta, x, workspace, layers_.size());
  }
  /// After forward() in training: adds dL/dtheta to the gradient, from dL/dz in
  /// workspace.output_delta(), which is used up.
  void backward(const Pass& pass, std::span<const Real> theta, const Input& x, Workspace& workspace,
                std::span<Real> gradient, const LayerObserver& observer = {}) const;

  // The R-operator along v (layer.hpp). `tangents` is a second workspace of the same size.

  /// After forward() in training: returns R{z}.
  MatrixView<const Real> tangent_forward(const Pass& pass, std::span<const Real> theta,
                                         std::span<const Real> v, const Input& x,
                                         Workspace& workspace, Workspace& tangents) const;
  /// After tangent_forward(): adds R{dL/dtheta} = H v to hv, from dL/dz and R{dL/dz} in the two
  /// output_delta(), which are used up.
  void tangent_backward(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                        const Input& x, Workspace& workspace, Workspace& tangents,
                        std::span<Real> hv) const;

 private:
  ParameterLayout layout_;
  std::vector<std::unique_ptr<const Layer>> layers_;
  std::size_t statistics_size_ = 0;
};

}  // namespace ravine
