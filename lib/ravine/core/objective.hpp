#pragma once

#include <cstdint>
#include <span>

#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// How often an objective has been asked for what.
struct EvaluationCounts {
  std::int64_t gradients = 0;
  std::int64_t losses = 0;  // without a gradient
  std::int64_t curvature_products = 0;
};

/// What an optimizer sees of a problem: the loss of the current mini-batch (or of the full batch).
///
/// Within one Optimizer::step() it is a fixed function: the same examples, the same dropout masks,
/// the same batch-norm treatment, however often it is evaluated. Every evaluation is counted.
/// Not thread-safe; one objective belongs to one trial.
class RAVINE_EXPORT Objective {
 public:
  virtual ~Objective() = default;

  /// Returns L(theta) (L2 included) and writes dL/dtheta; an empty `gradient` asks for the loss
  /// only.
  double evaluate(std::span<const Real> theta, std::span<Real> gradient) {
    ++(gradient.empty() ? counts_.losses : counts_.gradients);
    return do_evaluate(theta, gradient);
  }
  /// hv <- H(theta) v, exact. Throws Error where a problem has none.
  void hessian_vector(std::span<const Real> theta, std::span<const Real> v, std::span<Real> hv) {
    ++counts_.curvature_products;
    do_hessian_vector(theta, v, hv);
  }
  /// gv <- G(theta) v with the Gauss-Newton matrix G. Throws Error where a problem has none.
  void gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                           std::span<Real> gv) {
    ++counts_.curvature_products;
    do_gauss_newton_vector(theta, v, gv);
  }

  /// out <- (1/N) sum_i g_i^2, the mean over the examples of the squared elements of each one's
  /// gradient; counted as one gradient. Returns false, and writes nothing, where a problem has
  /// none.
  bool mean_squared_gradient(std::span<const Real> theta, std::span<Real> out) {
    const bool known = do_mean_squared_gradient(theta, out);
    if (known) ++counts_.gradients;
    return known;
  }
  /// True if evaluate() is one function for the whole trial (full batch, no dropout, no noise):
  /// what an optimizer evaluated in one step then still holds in the next.
  virtual bool stationary() const { return false; }

  const EvaluationCounts& counts() const { return counts_; }
  void set_counts(const EvaluationCounts& counts) { counts_ = counts; }

 private:
  virtual double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) = 0;
  virtual void do_hessian_vector(std::span<const Real> theta, std::span<const Real> v,
                                 std::span<Real> hv);
  virtual void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                                      std::span<Real> gv);
  virtual bool do_mean_squared_gradient(std::span<const Real>, std::span<Real>) { return false; }

  EvaluationCounts counts_;
};

}  // namespace ravine
