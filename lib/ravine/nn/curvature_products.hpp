#pragma once

#include <cstddef>
#include <span>

#include "ravine/nn/loss.hpp"
#include "ravine/nn/network.hpp"
#include "ravine/nn/workspace.hpp"

namespace ravine {

/// Exact products of the curvature of a network's mean loss with a vector, without any difference:
///
///   H v = R{dL/dtheta}         forward, R-forward, backward and R-backward of every layer
///   G v = J' C J v             forward, R-forward to J v = R{z}, the loss's C, backward
///
/// with J = dz/dtheta and C the curvature of the loss in z. Pearlmutter (1994); Schraudolph (2002),
/// section 3. About the cost of two gradients. Batch statistics are differentiated through and
/// dropout masks are those of the pass, so both belong to the very function whose gradient
/// Network::backward() computes; what is wanted where is fixed by the pass, which must be in
/// training. Allocates only when made. One object belongs to one session; not thread-safe.
class RAVINE_EXPORT CurvatureProducts {
 public:
  CurvatureProducts(const Network& network, std::size_t rows);

  /// The mean loss whose curvature is asked for.
  struct Point {
    const Pass& pass;
    const Loss& loss;
    std::span<const Real> theta;
    Input x;
    Targets targets;
    Workspace& workspace;  // used up
  };
  /// product += C v, with the Hessian or the Gauss-Newton matrix. Throws Error if a layer does not
  /// offer it.
  void add_product(Curvature kind, const Point& point, std::span<const Real> v,
                   std::span<Real> product);
  /// squares += (1/m) sum_i (dL_i/dtheta)^2 over the m examples; false, and nothing is added, if
  /// a layer does not offer it, as batch normalization, which mixes them.
  bool add_mean_squared_gradient(const Point& point, std::span<Real> squares);

  std::size_t bytes() const;
  /// The same for products that nobody has made.
  static std::size_t bytes(const Network& network, std::size_t rows);

 private:
  void require_rules() const;

  const Network* network_;
  Workspace tangents_;
  AlignedVector<Real> scratch_, unused_;  // for the squares, and a gradient that nobody wants
};

}  // namespace ravine
