#include "ravine/optim/matrix/inverse_root.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

#include "ravine/core/portable.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/linalg/symmetric.hpp"

namespace ravine {
namespace {

// False if the matrix is not finite.
bool decompose(MatrixView<const Real> a, EigenScratch& scratch) {
  const std::size_t n = a.rows;
  if (!std::isfinite(squared_norm({}, a.elements()))) return false;
  std::ranges::copy(a.elements(), scratch.matrix.begin());
  symmetric_eigen({scratch.matrix.data(), n, n}, {scratch.values.data(), n},
                  {scratch.vectors.data(), n, n});
  return true;
}

// Rows `first` and on: x <- x - 2 (v'x / v'v) v in their coordinates from `first` on.
void reflect_rows(Threads threads, std::span<const Real> v, std::size_t first, std::size_t begin_at,
                  MatrixView<Real> x) {
  const double squares = squared_norm({}, v);
  if (squares == 0) return;
  constexpr std::size_t kRows = 32;
  parallel_chunks(x.size() < (1 << 15) ? Threads{1} : threads, x.rows - begin_at, kRows,
                  [&](std::size_t begin, std::size_t end) {
                    for (std::size_t i = begin_at + begin; i < begin_at + end; ++i) {
                      const std::span<Real> row = x.row(i).subspan(first);
                      const Real c = Real(-2 * dot({}, v, row) / squares);
                      for (std::size_t j = 0; j < v.size(); ++j) row[j] += c * v[j];
                    }
                  });
}

}  // namespace

void inverse_root(Threads threads, MatrixView<const Real> a, double c, double epsilon, double power,
                  MatrixView<Real> root, MatrixView<Real> work, EigenScratch& scratch) {
  const std::size_t n = a.rows;
  if (!decompose(a, scratch)) return;
  const double lift = epsilon - std::min(0.0, c * scratch.values[0]);
  for (std::size_t k = 0; k < n; ++k) {
    // Half of the power on either side: root = W'W.
    const double half = portable_power(c * scratch.values[k] + lift, -power / 2);
    for (std::size_t i = 0; i < n; ++i) work(k, i) = Real(half * scratch.vectors[k * n + i]);
  }
  own_transpose_product(threads, work, root);
}

void descending_eigenvectors(MatrixView<const Real> a, MatrixView<Real> q, EigenScratch& scratch) {
  const std::size_t n = a.rows;
  if (!decompose(a, scratch)) return;
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i) q(k, i) = Real(scratch.vectors[(n - 1 - k) * n + i]);
}

void orthonormalize_rows(Threads threads, MatrixView<Real> q, MatrixView<Real> reflectors) {
  const std::size_t n = q.rows;
  assert(n <= q.cols);
  std::ranges::copy(q.elements(), reflectors.data);
  const auto reflector = [&](std::size_t k) { return reflectors.row(k).subspan(k); };
  for (std::size_t k = 0; k < n; ++k) {
    const std::span<Real> v = reflector(k);
    const double length = std::sqrt(squared_norm({}, v));
    v[0] = Real(double{v[0]} + (v[0] > 0 ? length : -length));
    reflect_rows(threads, v, k, k + 1, reflectors);
  }
  std::ranges::fill(q.elements(), Real{0});
  for (std::size_t i = 0; i < n; ++i) q(i, i) = 1;
  for (std::size_t k = n; k-- > 0;) reflect_rows(threads, reflector(k), k, k, q);
}

}  // namespace ravine
