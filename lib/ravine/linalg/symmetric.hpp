#pragma once

#include <span>

#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

// Dense systems and eigenvalues of small problems, in double and on one thread, so that no bit
// depends on the number of threads. Thread-safe.

/// Solves A x = b by Cholesky's factorization A = L L'. `a` is read in its lower triangle, which
/// then holds L; `x` holds b and then the solution. Returns false, with both spoilt, if A is not
/// positive definite (a pivot is not above 1e-14 of the largest diagonal element).
RAVINE_EXPORT bool solve_positive_definite(MatrixView<double> a, std::span<double> x);

/// Eigenvalues in ascending order, and the matching unit eigenvectors as the rows of `vectors`:
/// A = sum_k values[k] q_k q_k'. Throws Error if A is not finite.
RAVINE_EXPORT void symmetric_eigen(MatrixView<const double> a, std::span<double> values,
                                   MatrixView<double> vectors);
/// The same eigenvalues without vectors, in a fraction of the time.
RAVINE_EXPORT void symmetric_eigenvalues(MatrixView<const double> a, std::span<double> values);

/// |lambda_k| of a general square matrix, in no particular order. Throws Error if it is not finite.
RAVINE_EXPORT void eigenvalue_moduli(MatrixView<const double> a, std::span<double> moduli);

}  // namespace ravine
