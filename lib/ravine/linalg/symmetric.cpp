#include "ravine/linalg/symmetric.hpp"

// Packets of Eigen's would add in another order on each instruction set.
#define EIGEN_DONT_VECTORIZE
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <mutex>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

constexpr double kSmallestPivot = 1e-14;

// Interleaved sums leave the compiler nothing to reorder and still fill its vectors.
double dot_of(const double* a, const double* b, std::size_t count) {
  double sums[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (std::size_t k = 0; k < 8; ++k) sums[k] += a[i + k] * b[i + k];
  for (std::size_t k = 0; i < count; ++i, ++k) sums[k] += a[i] * b[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

// Eigen cuts large products by the caches it detects, and the order of its sums with them: the
// sizes are fixed once, before its first product.
void fix_cache_sizes() {
  static std::once_flag once;
  std::call_once(once, [] { Eigen::setCpuCacheSizes(32 << 10, 1 << 20, 32 << 20); });
}

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;

/// The transpose, which has the same eigenvalues.
Matrix copy_of(MatrixView<const double> a) {
  fix_cache_sizes();
  const auto n = static_cast<Eigen::Index>(a.rows);
  return Eigen::Map<const Matrix>(a.data, n, n);
}

void require_found(Eigen::ComputationInfo info, std::size_t n) {
  if (info != Eigen::Success)
    fail("the eigenvalues of a {} x {} matrix were not found: it has elements that are not finite",
         n, n);
}

}  // namespace

bool solve_positive_definite(MatrixView<double> a, std::span<double> x) {
  const std::size_t n = x.size();
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(a(i, i)));
  for (std::size_t i = 0; i < n; ++i) {
    double* const row = a.data + i * a.cols;
    for (std::size_t j = 0; j < i; ++j) {
      const double* const other = a.data + j * a.cols;
      row[j] = (row[j] - dot_of(row, other, j)) / other[j];
    }
    const double pivot = row[i] - dot_of(row, row, i);
    if (!(pivot > kSmallestPivot * largest)) return false;
    row[i] = std::sqrt(pivot);
  }
  for (std::size_t i = 0; i < n; ++i)
    x[i] = (x[i] - dot_of(a.data + i * a.cols, x.data(), i)) / a(i, i);
  for (std::size_t i = n; i-- > 0;) {
    x[i] /= a(i, i);
    for (std::size_t j = 0; j < i; ++j) x[j] -= a(i, j) * x[i];
  }
  return true;
}

void symmetric_eigen(MatrixView<const double> a, std::span<double> values,
                     MatrixView<double> vectors) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(copy_of(a));
  require_found(solver.info(), a.rows);
  const auto n = static_cast<Eigen::Index>(a.rows);
  for (Eigen::Index k = 0; k < n; ++k) {
    values[static_cast<std::size_t>(k)] = solver.eigenvalues()[k];
    for (Eigen::Index i = 0; i < n; ++i)  // a column of Eigen's is a row of ours
      vectors.data[k * n + i] = solver.eigenvectors()(i, k);
  }
}

void symmetric_eigenvalues(MatrixView<const double> a, std::span<double> values) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(copy_of(a), Eigen::EigenvaluesOnly);
  require_found(solver.info(), a.rows);
  std::copy_n(solver.eigenvalues().data(), values.size(), values.data());
}

void eigenvalue_moduli(MatrixView<const double> a, std::span<double> moduli) {
  const Eigen::EigenSolver<Matrix> solver(copy_of(a), /*computeEigenvectors=*/false);
  require_found(solver.info(), a.rows);
  for (std::size_t k = 0; k < moduli.size(); ++k)
    moduli[k] = std::sqrt(std::norm(solver.eigenvalues()[static_cast<Eigen::Index>(k)]));
}

}  // namespace ravine
