#pragma once

#include <span>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

// Reductions in double with a fixed order of additions: the range is cut by its length alone, a
// piece is added into eight interleaved sums, and pieces are added in index order. No bit depends
// on threads or addresses. Nothing is allocated. Thread-safe.

/// sum_i a_i b_i; both have one length.
RAVINE_EXPORT double dot(Threads threads, std::span<const Real> a, std::span<const Real> b);
/// x <- x + a d, and then sum_i x_i y_i, in one pass; x is neither d nor y.
RAVINE_EXPORT double add_scaled_dot(Threads threads, std::span<Real> x, double a,
                                    std::span<const Real> d, std::span<const Real> y);
/// sum_i a_i^2.
RAVINE_EXPORT double squared_norm(Threads threads, std::span<const Real> a);
/// sum_i a_i.
RAVINE_EXPORT double sum(Threads threads, std::span<const Real> a);
/// sum_i (a_i - b_i)^2; both have one length.
RAVINE_EXPORT double squared_distance(Threads threads, std::span<const Real> a,
                                      std::span<const Real> b);

/// sums_j += sum_i x_ij, rows added in index order; `sums` has x.cols elements.
RAVINE_EXPORT void add_column_sums(Threads threads, MatrixView<const Real> x, std::span<Real> sums);

/// mean_j = (1/m) sum_i x_ij and variance_j = (1/m) sum_i (x_ij - mean_j)^2, in two passes.
RAVINE_EXPORT void column_moments(Threads threads, MatrixView<const Real> x, std::span<double> mean,
                                  std::span<double> variance);

}  // namespace ravine
