#pragma once

#include "ravine/nn/layer.hpp"

namespace ravine {

/// A derivative of the loss, and its own derivative along a direction v of the parameters.
struct Dual {
  MatrixView<Real> value, tangent;
};

/// The R-operator of a layer (Pearlmutter 1994): R{f} = d f(theta + r v) / dr at r = 0. Each rule
/// is the exact derivative of the layer's own, so curvature products need no differences.
/// `tangent` holds R{x} (empty where no parameter moves x), R{y} and R{statistics}. Thread-safe.
class RAVINE_EXPORT CurvatureRules {
 public:
  virtual ~CurvatureRules() = default;
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
};

/// Squares of each example's own gradient, of layers that treat the rows of a batch one by one.
/// Thread-safe.
class RAVINE_EXPORT ExampleSquares {
 public:
  virtual ~ExampleSquares() = default;
  /// Adds sum_i (dL_i/dtheta)^2 to the layer's part of `squares`. `scratch` has room for x and dy.
  virtual void add_squared_gradients(const Pass& pass, const LayerState& state,
                                     MatrixView<const Real> dy, std::span<Real> scratch,
                                     std::span<Real> squares) const = 0;
  /// What a layer offers that treats rows one by one and has no parameters: nothing to add.
  static const ExampleSquares& without_parameters();
};

/// The second derivatives of an objective term. Thread-safe.
class RAVINE_EXPORT TermCurvature {
 public:
  virtual ~TermCurvature() = default;
  /// Adds Pass::term_scale times the term's derivatives: that by x to dx.value (unless empty), R{}
  /// of it to dx.tangent (unless empty), and R{d/dtheta} to the layer's part of hv. The
  /// Gauss-Newton matrix takes the term whole, which keeps it positive semidefinite for terms that
  /// are convex in x and theta.
  virtual void add_tangent(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                           const LayerState& state, const LayerState& tangent, Dual dx,
                           std::span<Real> hv) const = 0;
};

/// What a layer adds to the objective of every example, a function of its input and parameters:
///
///   L(theta) = (1/m) sum_i [loss_i + term(x_i; theta)]
///
/// as the Kullback-Leibler divergence of a variational autoencoder or a penalty on activations.
/// A layer with a term does not work in place. Thread-safe. Does not allocate.
class RAVINE_EXPORT ObjectiveTerm {
 public:
  virtual ~ObjectiveTerm() = default;
  /// The sum over the rows, in double and in index order. Needs the state of forward().
  virtual double sum(const Pass& pass, std::span<const Real> theta,
                     const LayerState& state) const = 0;
  /// Adds Pass::term_scale times the derivatives of the sum: to dx, which holds what backward()
  /// wrote (unless empty), and to the layer's part of the gradient.
  virtual void add_gradient(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                            MatrixView<Real> dx, std::span<Real> gradient) const = 0;
  /// Null: the network then has no curvature products.
  virtual const TermCurvature* term_curvature() const { return nullptr; }
};

}  // namespace ravine
