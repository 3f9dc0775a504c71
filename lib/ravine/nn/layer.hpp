#pragma once

#include <cstdint>
#include <span>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/nn/initializer.hpp"

namespace ravine {

/// How one pass through a network treats the layers that behave differently in training.
struct Pass {
  Threads threads;
  bool training = false;   // batch statistics and dropout masks; else given statistics, no masks
  std::uint64_t seed = 0;  // dropout masks are a pure function of (seed, step, layer, element)
  std::int64_t step = 0;
  /// Whether backward() adds to the gradient of weights or writes it; of other blocks it always
  /// adds.
  Start weight_gradients = Start::kPresent;
};

/// The rows that enter a layer: (batch, in), dense, or sparse in front of the first layer.
struct Input {
  MatrixView<const Real> dense;
  const SparseView* sparse = nullptr;

  std::size_t rows() const { return sparse ? sparse->rows() : dense.rows; }
};

/// What one layer reads and writes in a pass. It lives in the workspace of the caller.
struct LayerState {
  Input x;
  MatrixView<Real> y;            // (batch, out); the memory of x if the layer works in place
  std::span<double> statistics;  // mean and variance per column, for batch normalization
};

/// A derivative of the loss, and its own derivative along a direction v of the parameters.
struct Dual {
  MatrixView<Real> value, tangent;
};

/// One step of a network, y = f(x; theta): immutable; parameters and workspace are passed in.
/// Thread-safe. Does not allocate.
class RAVINE_EXPORT Layer {
 public:
  virtual ~Layer() = default;
  virtual std::size_t inputs() const = 0;
  virtual std::size_t outputs() const = 0;
  virtual bool works_in_place() const { return false; }
  /// Length of LayerState::statistics.
  virtual std::size_t statistics_size() const { return 0; }
  /// Multiplications of forward() for one example.
  virtual double multiplications() const { return 0; }
  /// Writes the layer's part of the initial parameters.
  virtual void initialize(const Initializer&, std::uint64_t /*seed*/, std::span<Real>) const {}

  virtual void forward(const Pass& pass, std::span<const Real> theta,
                       const LayerState& state) const = 0;
  /// Turns dL/dy into dL/dx (unless dx is empty) and adds dL/dtheta to the layer's part of the
  /// gradient (see Pass::weight_gradients). Needs the state of forward() in a training pass; dy is
  /// left in no defined state.
  virtual void backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                        MatrixView<Real> dy, MatrixView<Real> dx,
                        std::span<Real> gradient) const = 0;

  // The R-operator (Pearlmutter 1994): R{f} = d f(theta + r v) / dr at r = 0. Each rule below is
  // the exact derivative of the one above, so Hessian-vector products need no differences.
  // `tangent` holds R{x} (empty in front of the first layer: inputs are constant), R{y} and
  // R{statistics}.

  /// Writes R{y} and R{statistics}. Needs the state of forward() in a training pass.
  virtual void tangent_forward(const Pass& pass, std::span<const Real> theta,
                               std::span<const Real> v, const LayerState& state,
                               const LayerState& tangent) const = 0;
  /// Turns dL/dy and R{dL/dy} into dL/dx and R{dL/dx} (unless dx is empty) and adds R{dL/dtheta} to
  /// the layer's part of hv. Needs the states of forward() and tangent_forward(); dy is left in no
  /// defined state.
  virtual void tangent_backward(const Pass& pass, std::span<const Real> theta,
                                std::span<const Real> v, const LayerState& state,
                                const LayerState& tangent, Dual dy, Dual dx,
                                std::span<Real> hv) const = 0;

  /// Whether the rows of a batch have gradients of their own, which add up to that of the batch.
  virtual bool separates_examples() const { return true; }
  /// Adds sum_i (dL_i/dtheta)^2, the squares of each row's own gradient, to the layer's part of
  /// `squares`. `scratch` has room for x and dy. Only where separates_examples().
  virtual void add_squared_gradients(const Pass&, const LayerState&, MatrixView<const Real> /*dy*/,
                                     std::span<Real> /*scratch*/,
                                     std::span<Real> /*squares*/) const {}
};

}  // namespace ravine
