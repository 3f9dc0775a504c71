#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "ravine/core/parallel.hpp"
#include "ravine/core/shape.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/nn/initializer.hpp"

namespace ravine {

class CurvatureRules;
class ExampleSquares;
class ObjectiveTerm;

/// How one pass through a network treats the layers that behave differently in training.
struct Pass {
  Threads threads;
  bool training = false;   // batch statistics and dropout masks; else given statistics, no masks
  std::uint64_t seed = 0;  // dropout masks are a pure function of (seed, step, layer, element)
  std::int64_t step = 0;
  /// Whether backward() adds to the gradient of products (is_product()) or writes it; of other
  /// blocks it always adds.
  Start weight_gradients = Start::kPresent;
  /// What the derivatives of objective terms are multiplied by; 1 is for their sum over the batch.
  Real term_scale = 1;
};

/// How the examples of a data set enter a network.
enum class InputForm { kDense, kSparse, kTokens };

/// The rows that enter a layer: (batch, in), dense; or, in front of the first layer only, sparse
/// or whole numbers (batch, positions).
struct Input {
  MatrixView<const Real> dense = {};
  const SparseView* sparse = nullptr;
  MatrixView<const std::int32_t> tokens = {};

  InputForm form() const {
    if (sparse) return InputForm::kSparse;
    return tokens.data ? InputForm::kTokens : InputForm::kDense;
  }
  std::size_t rows() const {
    return sparse ? sparse->rows() : tokens.data ? tokens.rows : dense.rows;
  }
};

/// What one layer reads and writes in a pass. It lives in the workspace of the caller.
struct LayerState {
  Input x;
  MatrixView<Real> y;            // (batch, out); the memory of x if the layer works in place
  std::span<double> statistics;  // mean and variance per column, for batch normalization
};

/// What a layer is to the diagnostics of a network: its weights make the pre-activations s, which
/// a normalization may standardize and an activation turns into h.
enum class LayerRole { kOther, kWeights, kNormalization, kActivation };

/// One step of a network, y = f(x; theta): immutable; parameters and workspace are passed in. Its
/// blocks are those that its constructor adds to the layout. Thread-safe. Does not allocate.
class RAVINE_EXPORT Layer {
 public:
  Layer(Shape input, Shape output) : input_(std::move(input)), output_(std::move(output)) {}
  virtual ~Layer() = default;

  const Shape& input_shape() const { return input_; }
  const Shape& output_shape() const { return output_; }
  std::size_t inputs() const { return input_.size(); }
  std::size_t outputs() const { return output_.size(); }
  /// How messages name it: "dense".
  virtual std::string_view name() const = 0;
  virtual LayerRole role() const { return LayerRole::kOther; }
  virtual bool takes(InputForm form) const { return form == InputForm::kDense; }
  /// Whether y takes the memory of x, and dx that of dy.
  virtual bool works_in_place() const { return false; }
  /// Whether backward() reads y: then no layer behind may work in place on it.
  virtual bool reads_output() const { return false; }
  /// Whether training passes of different steps differ at the same theta.
  virtual bool is_stochastic() const { return false; }
  /// Length of LayerState::statistics: means, then variances of the columns of x.
  virtual std::size_t statistics_size() const { return 0; }
  /// Multiplications of forward() for one example.
  virtual double multiplications() const { return 0; }
  /// Bytes that each thread keeps for it beside the workspace, for passes with or without tangents.
  virtual std::size_t scratch_bytes(bool /*tangents*/) const { return 0; }
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

  // What a layer may offer beyond (layer_offers.hpp); null: it does not, and whoever needs it says
  // so.

  virtual const CurvatureRules* curvature() const { return nullptr; }
  virtual const ExampleSquares* example_squares() const { return nullptr; }
  /// Null for most layers: they add nothing to the objective.
  virtual const ObjectiveTerm* objective_term() const { return nullptr; }

 private:
  Shape input_, output_;
};

}  // namespace ravine
