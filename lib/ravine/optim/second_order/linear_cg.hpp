#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "ravine/core/parallel.hpp"
#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Preconditioned linear conjugate gradients that minimize phi(x) = 1/2 x'A x - b'x, with the
/// stopping rule and the stored iterates of Martens (2010), sections 4.4 and 4.6.
///
/// With k = max(10, ceil(i / 10)) the iteration ends after iteration i, with x_i, where
///
///   i > k,  phi(x_i) < 0  and  (phi(x_i) - phi(x_{i-k})) / phi(x_i) < k tolerance,
///
/// after `most` iterations, and before one whose direction has p'A p <= 0. Iterates are kept at i =
/// ceil(5 1.3^j) and at the end. Allocates in reset() only.
class RAVINE_EXPORT LinearCg {
 public:
  using Product = std::function<void(std::span<const Real> v, std::span<Real> av)>;

  void reset(std::size_t size, std::int64_t most, double tolerance, Threads threads);
  void set_tolerance(double tolerance) { tolerance_ = tolerance; }
  /// Bytes that reset() takes, by arithmetic.
  static double bytes(std::size_t size, std::int64_t most);
  /// Starts from x; `inverse` holds the elementwise inverse of the preconditioner, or is empty for
  /// none. Returns the number of iterations.
  std::int64_t solve(const Product& product, std::span<const Real> b, std::span<const Real> x,
                     std::span<const Real> inverse);
  /// The kept iterates, in their order; the last one is the result. At least one.
  std::span<const AlignedVector<Real>> iterates() const { return {kept_.data(), kept_count_}; }

 private:
  double value(std::span<const Real> b) const;
  void precondition(std::span<const Real> inverse);
  void keep();
  bool settled(std::int64_t i) const;

  std::int64_t most_ = 0;
  double tolerance_ = 0;
  Threads threads_;
  AlignedVector<Real> x_, residual_, preconditioned_, p_, ap_;
  std::vector<double> values_;  // phi(x_0), phi(x_1), ...
  std::vector<AlignedVector<Real>> kept_;
  std::size_t kept_count_ = 0;
};

}  // namespace ravine
