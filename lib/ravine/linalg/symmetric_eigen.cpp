#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "ravine/linalg/eigen_input.hpp"
#include "ravine/linalg/rows.hpp"
#include "ravine/linalg/symmetric.hpp"

namespace ravine {
namespace {

/// A symmetric tridiagonal matrix: diagonal d, and e[i] beside d[i] and d[i + 1].
struct Tridiagonal {
  std::vector<double> d, e;
};

/// Householder's reduction A = Q T Q', from the last row up. Reads and spoils the lower triangle of
/// a: row i then holds the vector u of P_i = 1 - u u' / h, which acts on the first i coordinates,
/// and h[i]. Q = P_{n-1} ... P_1 (Golub and Van Loan, Matrix Computations, algorithm 8.3.1).
Tridiagonal tridiagonalize(MatrixView<double> a, std::vector<double>& h) {
  const std::size_t n = a.rows;
  Tridiagonal t{std::vector<double>(n), std::vector<double>(n)};
  std::vector<double> p(n);
  h.assign(n, 0);
  for (std::size_t i = n; i-- > 1;) {
    double* const u = a.data + i * n;
    t.d[i] = u[i];
    const double squares = rows::dot(u, u, i - 1);
    if (squares < kNoSquares) {
      t.e[i - 1] = u[i - 1];
      continue;
    }
    const double length = std::sqrt(squares + u[i - 1] * u[i - 1]);
    t.e[i - 1] = u[i - 1] > 0 ? -length : length;
    h[i] = squares + u[i - 1] * u[i - 1] - u[i - 1] * t.e[i - 1];
    u[i - 1] -= t.e[i - 1];
    // p = A u / h from the lower triangle, then A <- A - u q' - q u' with q = p - (u'p / 2h) u.
    std::fill_n(p.begin(), i, 0.0);
    for (std::size_t j = 0; j < i; ++j) {
      const double* const row = a.data + j * n;
      p[j] += rows::dot(row, u, j + 1);
      rows::add_scaled(u[j], row, p.data(), j);
    }
    for (std::size_t j = 0; j < i; ++j) p[j] /= h[i];
    const double half = rows::dot(u, p.data(), i) / (2 * h[i]);
    rows::add_scaled(-half, u, p.data(), i);
    for (std::size_t j = 0; j < i; ++j) {
      double* const row = a.data + j * n;
      for (std::size_t k = 0; k <= j; ++k) row[k] -= u[j] * p[k] + p[j] * u[k];
    }
  }
  if (n > 0) t.d[0] = a.data[0];
  return t;
}

/// The rows of Q' = P_1 ... P_{n-1}.
void accumulate_reflectors(MatrixView<const double> reflectors, const std::vector<double>& h,
                           MatrixView<double> q) {
  const std::size_t n = q.rows;
  std::fill_n(q.data, n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    q(i, i) = 1;
    if (h[i] == 0) continue;
    const double* const u = reflectors.data + i * n;
    for (std::size_t k = 0; k < i; ++k) {
      double* const row = q.data + k * n;
      rows::add_scaled(-rows::dot(row, u, i) / h[i], u, row, i);
    }
  }
}

/// One sweep of the implicit QL method with Wilkinson's shift over the block of rows first to last
/// that no zero of e divides. Each rotation also turns two rows of q, if there is a q.
void sweep(Tridiagonal& t, std::size_t first, std::size_t last, MatrixView<double> q) {
  auto& [d, e] = t;
  double g = (d[first + 1] - d[first]) / (2 * e[first]);
  g = d[last] - d[first] + e[first] / (g + std::copysign(std::sqrt(g * g + 1), g));
  double s = 1, c = 1, p = 0;
  for (std::size_t i = last; i-- > first;) {
    const double f = s * e[i], b = c * e[i], r = std::sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r == 0) {  // the block falls apart here
      d[i + 1] -= p;
      e[last] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    const double w = (d[i] - g) * s + 2 * c * b;
    p = s * w;
    d[i + 1] = g + p;
    g = c * w - b;
    if (q.data == nullptr) continue;
    double *const low = q.data + i * q.cols, *const high = low + q.cols;
    for (std::size_t k = 0; k < q.cols; ++k) {
      const double x = high[k], y = low[k];
      high[k] = s * y + c * x;
      low[k] = c * y - s * x;
    }
  }
  d[first] -= p;
  e[first] = g;
  e[last] = 0;
}

/// t.d becomes the eigenvalues (Bowdler, Martin, Reinsch and Wilkinson 1968; Golub and Van Loan,
/// section 8.3.5).
void diagonalize(Tridiagonal& t, MatrixView<double> q) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  constexpr double kTiny = 1e-150;  // of a matrix whose elements are about 1
  constexpr int kMostSweeps = 60;   // two or three are usual
  const auto& [d, e] = t;
  const std::size_t n = d.size();
  for (std::size_t first = 0; first < n; ++first) {
    for (int sweeps = 0;; ++sweeps) {
      std::size_t last = first;
      while (last + 1 < n &&
             std::abs(e[last]) > kEpsilon * (std::abs(d[last]) + std::abs(d[last + 1])) + kTiny)
        ++last;
      if (last == first) break;
      if (sweeps == kMostSweeps) refuse_eigenvalues(n, true);
      sweep(t, first, last, q);
    }
  }
}

Tridiagonal reduce_scaled(MatrixView<const double> a, double scale, std::vector<double>& copy,
                          std::vector<double>& h) {
  copy.assign(a.data, a.data + a.rows * a.cols);
  for (double& element : copy) element *= scale;
  return tridiagonalize({copy.data(), a.rows, a.cols}, h);
}

}  // namespace

void symmetric_eigen(MatrixView<const double> a, std::span<double> values,
                     MatrixView<double> vectors) {
  const std::size_t n = a.rows;
  const double scale = power_of_two_scale(a);
  std::vector<double> copy, h;
  Tridiagonal t = reduce_scaled(a, scale, copy, h);
  accumulate_reflectors({copy.data(), n, n}, h, vectors);
  diagonalize(t, vectors);
  for (std::size_t k = 0; k < n; ++k) {
    const auto least = std::min_element(t.d.begin() + static_cast<std::ptrdiff_t>(k), t.d.end());
    const auto other = static_cast<std::size_t>(least - t.d.begin());
    values[k] = *least / scale;
    if (other == k) continue;
    std::swap(t.d[k], t.d[other]);
    std::swap_ranges(vectors.data + k * n, vectors.data + (k + 1) * n, vectors.data + other * n);
  }
}

void symmetric_eigenvalues(MatrixView<const double> a, std::span<double> values) {
  const double scale = power_of_two_scale(a);
  std::vector<double> copy, h;
  Tridiagonal t = reduce_scaled(a, scale, copy, h);
  diagonalize(t, {});
  std::ranges::sort(t.d);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = t.d[k] / scale;
}

}  // namespace ravine
