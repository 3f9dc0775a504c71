#include "ravine/linalg/symmetric.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/core/error.hpp"
#include "ravine/linalg/eigen_input.hpp"
#include "ravine/linalg/rows.hpp"

namespace ravine {
namespace {

constexpr double kSmallestPivot = 1e-14;

}  // namespace

void refuse_eigenvalues(std::size_t n, bool finite) {
  fail("the eigenvalues of a {} x {} matrix were not found{}", n, n,
       finite ? "" : ": it has elements that are not finite");
}

bool solve_positive_definite(MatrixView<double> a, std::span<double> x) {
  const std::size_t n = x.size();
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(a(i, i)));
  for (std::size_t i = 0; i < n; ++i) {
    double* const row = a.data + i * a.cols;
    for (std::size_t j = 0; j < i; ++j) {
      const double* const other = a.data + j * a.cols;
      row[j] = (row[j] - rows::dot(row, other, j)) / other[j];
    }
    const double pivot = row[i] - rows::dot(row, row, i);
    if (!(pivot > kSmallestPivot * largest)) return false;
    row[i] = std::sqrt(pivot);
  }
  for (std::size_t i = 0; i < n; ++i)
    x[i] = (x[i] - rows::dot(a.data + i * a.cols, x.data(), i)) / a(i, i);
  for (std::size_t i = n; i-- > 0;) {
    x[i] /= a(i, i);
    for (std::size_t j = 0; j < i; ++j) x[j] -= a(i, j) * x[i];
  }
  return true;
}

}  // namespace ravine
