#pragma once

#include <cstddef>
#include <vector>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

/// Numbers in double that a decomposition needs for a while, reserved once for matrices of up to
/// n x n. The decomposition itself allocates as well.
struct EigenScratch {
  std::vector<double> matrix, vectors, values;

  void reserve(std::size_t n) {
    matrix.resize(n * n);
    vectors.resize(n * n);
    values.resize(n);
  }
};

/// root = (c A - min(0, c lambda_min) I + epsilon I)^(-power) for symmetric A, by its eigenvalues
/// in double: negative ones are rounding of zeros and are lifted first. `work` has the shape of A.
/// A matrix that is not finite leaves root as it is, so that training diverges in its losses.
RAVINE_EXPORT void inverse_root(Threads threads, MatrixView<const Real> a, double c, double epsilon,
                                double power, MatrixView<Real> root, MatrixView<Real> work,
                                EigenScratch& scratch);

/// Eigenvectors of symmetric A as the rows of q, by descending eigenvalues. A matrix that is not
/// finite leaves q as it is.
RAVINE_EXPORT void descending_eigenvectors(MatrixView<const Real> a, MatrixView<Real> q,
                                           EigenScratch& scratch);

/// Makes the rows of q orthonormal, the first k of them spanning what they spanned before (the Q of
/// a QR decomposition of q', by Householder's reflections; Golub and Van Loan, algorithm 5.2.1).
/// Rows that depend on those before them are replaced. `reflectors` has the shape of q, which has
/// at most as many rows as columns. No bit depends on threads.
RAVINE_EXPORT void orthonormalize_rows(Threads threads, MatrixView<Real> q,
                                       MatrixView<Real> reflectors);

}  // namespace ravine
