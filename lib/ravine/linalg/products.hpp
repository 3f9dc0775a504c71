#pragma once

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

/// What a product adds to: what its result holds, or zeros (whatever it holds).
enum class Start { kPresent, kZero };

// The products of a dense layer. Each can add to its result: an L2 gradient is written there first,
// which costs nothing extra. Results are cut into tiles by shape alone, and an element has the same
// bits in any tile (tile.hpp), so no bit depends on threads, addresses or the caches of the
// machine. The result must not overlap the factors. Nothing is allocated, except once per thread
// where rows are a multiple of 4 KiB (240 KiB, in double 480). Thread-safe.

/// Y = X W + 1 b^T: (batch, out) = (batch, in) (in, out) + the bias in every row; an empty bias is
/// 0.
RAVINE_EXPORT void affine(Threads threads, MatrixView<const Real> x, MatrixView<const Real> w,
                          std::span<const Real> bias, MatrixView<Real> y);
/// Y += X W: (batch, out) += (batch, in) (in, out).
RAVINE_EXPORT void add_product(Threads threads, MatrixView<const Real> x, MatrixView<const Real> w,
                               MatrixView<Real> y);
/// G += X^T D: (in, out) += (batch, in)^T (batch, out).
RAVINE_EXPORT void add_transposed_product(Threads threads, MatrixView<const Real> x,
                                          MatrixView<const Real> d, MatrixView<Real> g,
                                          Start start = Start::kPresent);
/// E += D W^T: (batch, in) += (batch, out) (in, out)^T.
RAVINE_EXPORT void add_product_transposed(Threads threads, MatrixView<const Real> d,
                                          MatrixView<const Real> w, MatrixView<Real> e,
                                          Start start = Start::kPresent);

// Products of a matrix with itself. What lies above the diagonal is copied from below it, where the
// same bits belong: half the multiplications of the products above, and their result.

/// A = X X^T: (m, m) from (m, n).
RAVINE_EXPORT void product_with_own_transpose(Threads threads, MatrixView<const Real> x,
                                              MatrixView<Real> a);
/// A = X^T X: (n, n) from (m, n).
RAVINE_EXPORT void own_transpose_product(Threads threads, MatrixView<const Real> x,
                                         MatrixView<Real> a);

/// Y += X W with sparse X; time is proportional to the entries of X.
RAVINE_EXPORT void add_product(Threads threads, const SparseView& x, MatrixView<const Real> w,
                               MatrixView<Real> y);
/// G += X^T D with sparse X; touches only rows of G whose column of X has an entry.
RAVINE_EXPORT void add_transposed_product(Threads threads, const SparseView& x,
                                          MatrixView<const Real> d, MatrixView<Real> g);

}  // namespace ravine
