#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

/// What a network should have answered for each row: a class, or one value per output. Classes
/// stand for t_ij = [j = class of i]. With `positions` above 1, as for the next character at every
/// place of a text, a row holds that many answers one behind the other: labels are (batch,
/// positions), and so are the (batch, positions * out) values of the network and those of the
/// targets. Each answer is a case of the loss.
struct Targets {
  std::span<const std::int32_t> labels = {};
  MatrixView<const Real> values = {};
  std::size_t positions = 1;
};
/// The number of answers in a batch of so many rows.
inline std::size_t cases(std::size_t rows, const Targets& targets) {
  return rows * targets.positions;
}

/// Which matrix of second derivatives: the Hessian, or the positive semidefinite part that
/// Gauss-Newton keeps (Schraudolph 2002).
enum class Curvature { kHessian, kGaussNewton };

/// The loss of a batch, a function of the last layer's values z (batch, out). Per case:
///
///   softmax           log sum_j exp(z_j) - z_label             needs classes
///   bernoulli         sum_j log(1 + exp(z_j)) - t_j z_j        t in [0, 1]
///   squared           sum_j (z_j - t_j)^2
///   logistic_squared  sum_j (y_j - t_j)^2, y = 1 / (1 + exp(-z))   t in [0, 1]
///
/// Outside [0, 1] the Bernoulli loss has no lower bound, and no y comes near t. The squared errors
/// have no factor 1/2: sum over outputs, mean over cases, as published for autoencoders (Martens
/// 2010; Sutskever et al. 2013). Immutable, thread-safe, does not allocate.
class RAVINE_EXPORT Loss {
 public:
  virtual ~Loss() = default;
  virtual bool needs_classes() const { return false; }
  virtual bool needs_unit_targets() const { return false; }  // t in [0, 1]
  /// Minus a logarithm of a probability is in nats; squared errors are plain numbers, "1".
  virtual std::string_view unit() const { return "nats"; }
  /// The sum over the cases, in double and in index order; dz (batch, out) <- scale d(sum)/dz.
  double sum(Threads threads, MatrixView<const Real> z, const Targets& targets, Real scale,
             MatrixView<Real> dz) const {
    const std::size_t p = targets.positions;
    return do_sum(threads, by_case(z, p), by_case(targets), scale, by_case(dz, p));
  }
  /// out (batch, out) <- scale C u, where C holds a block per case: with p = softmax(z) or y =
  /// 1 / (1 + exp(-z)),
  ///
  ///   softmax           C u = p u - p (p'u), elementwise but for p'u
  ///   bernoulli         y (1 - y) u
  ///   squared           2 u
  ///   logistic_squared  2 (y'^2 + (y - t) y'') u,   y' = y (1 - y),  y'' = y' (1 - 2 y)
  ///
  /// Gauss-Newton leaves out the y'' term, as if y were the output of the network; the others are
  /// convex in z and have but one matrix.
  void curvature_product(Curvature kind, Threads threads, MatrixView<const Real> z,
                         const Targets& targets, Real scale, MatrixView<const Real> u,
                         MatrixView<Real> out) const {
    const std::size_t p = targets.positions;
    do_curvature_product(kind, threads, by_case(z, p), by_case(targets), scale, by_case(u, p),
                         by_case(out, p));
  }

  /// The same elements with one row per answer: (batch * positions, cols / positions).
  template <class T>
  static MatrixView<T> by_case(MatrixView<T> z, std::size_t positions) {
    return {z.data, z.rows * positions, z.cols / positions};
  }
  static Targets by_case(const Targets& targets) {
    return {targets.labels, by_case(targets.values, targets.positions), 1};
  }

 private:
  // One case per row.
  virtual double do_sum(Threads threads, MatrixView<const Real> z, const Targets& targets,
                        Real scale, MatrixView<Real> dz) const = 0;
  virtual void do_curvature_product(Curvature kind, Threads threads, MatrixView<const Real> z,
                                    const Targets& targets, Real scale, MatrixView<const Real> u,
                                    MatrixView<Real> out) const = 0;
};

inline constexpr std::string_view kLossNames = "softmax|bernoulli|squared|logistic_squared";

/// Throws Error for an unknown name.
RAVINE_EXPORT std::unique_ptr<const Loss> make_loss(std::string_view name);

/// Rows (of one answer each) whose largest value is the one of their label (the first of equals);
/// rows with NaN count as wrong.
RAVINE_EXPORT std::int64_t count_correct(MatrixView<const Real> z,
                                         std::span<const std::int32_t> labels);

}  // namespace ravine
