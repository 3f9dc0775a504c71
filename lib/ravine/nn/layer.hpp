#pragma once

#include <cstdint>
#include <span>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"
#include "ravine/nn/initializer.hpp"

namespace ravine {

/// How one pass through a network treats the layers that behave differently in training.
struct Pass {
  Threads threads;
  bool training = false;   // batch statistics and dropout masks; else given statistics, no masks
  std::uint64_t seed = 0;  // dropout masks are a pure function of (seed, step, layer, element)
  std::int64_t step = 0;
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
  /// gradient. Needs the state of forward() in a training pass; dy is left in no defined state.
  virtual void backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                        MatrixView<Real> dy, MatrixView<Real> dx,
                        std::span<Real> gradient) const = 0;
};

}  // namespace ravine
