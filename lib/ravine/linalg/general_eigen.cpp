#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "ravine/linalg/eigen_input.hpp"
#include "ravine/linalg/rows.hpp"
#include "ravine/linalg/symmetric.hpp"

namespace ravine {
namespace {

/// Householder's reduction to Hessenberg form: Q' A Q has zeros below the first subdiagonal (Golub
/// and Van Loan, Matrix Computations, algorithm 7.4.2).
void reduce_to_hessenberg(MatrixView<double> a) {
  const std::size_t n = a.rows;
  std::vector<double> u(n), w(n);
  for (std::size_t k = 0; k + 2 < n; ++k) {
    const std::size_t length = n - k - 1;  // u acts on the coordinates k + 1, ...
    double squares = 0;
    for (std::size_t i = 0; i < length; ++i) {
      u[i] = a(k + 1 + i, k);
      if (i > 0) squares += u[i] * u[i];
    }
    if (squares < kNoSquares) {
      for (std::size_t i = 1; i < length; ++i) a(k + 1 + i, k) = 0;
      continue;
    }
    const double norm = std::sqrt(squares + u[0] * u[0]);
    const double end = u[0] > 0 ? -norm : norm;
    const double h = squares + u[0] * u[0] - u[0] * end;
    u[0] -= end;
    std::fill(w.begin(), w.end(), 0.0);
    for (std::size_t i = 0; i < length; ++i)
      rows::add_scaled(u[i], a.data + (k + 1 + i) * n, w.data(), n);
    for (std::size_t i = 0; i < length; ++i)
      rows::add_scaled(-u[i] / h, w.data(), a.data + (k + 1 + i) * n, n);
    for (std::size_t i = 0; i < n; ++i) {
      double* const row = a.data + i * n + k + 1;
      rows::add_scaled(-rows::dot(row, u.data(), length) / h, u.data(), row, length);
    }
    for (std::size_t i = 1; i < length; ++i) a(k + 1 + i, k) = 0;
  }
}

/// The moduli of both eigenvalues of ((a, b), (c, d)).
void moduli_of_pair(double a, double b, double c, double d, double& first, double& second) {
  const double half = (a - d) / 2, mean = (a + d) / 2;
  const double discriminant = half * half + b * c;
  if (discriminant < 0) {
    first = second = std::sqrt(mean * mean - discriminant);
    return;
  }
  const double larger = mean + std::copysign(std::sqrt(discriminant), mean);
  first = std::abs(larger);
  // The product of both is the determinant; their difference would lose digits.
  second = larger == 0 ? 0 : std::abs((a * d - b * c) / larger);
}

/// One implicit double step of Francis on the rows and columns first to last of a Hessenberg matrix
/// (Golub and Van Loan, algorithm 7.5.1), with the shifts' sum and product.
void double_step(MatrixView<double> a, std::size_t first, std::size_t last, double sum,
                 double product) {
  double x = a(first, first) * a(first, first) + a(first, first + 1) * a(first + 1, first) -
             sum * a(first, first) + product;
  double y = a(first + 1, first) * (a(first, first) + a(first + 1, first + 1) - sum);
  double z = first + 2 <= last ? a(first + 1, first) * a(first + 2, first + 1) : 0;
  for (std::size_t k = first; k < last; ++k) {
    const bool three = k + 2 <= last;
    if (!three) z = 0;
    const double size = std::abs(x) + std::abs(y) + std::abs(z);
    if (size > 0) {
      x /= size;
      y /= size;
      z /= size;
      const double norm = std::copysign(std::sqrt(x * x + y * y + z * z), x);
      const double u0 = x + norm, h = norm * u0;  // P = 1 - u u' / h with u = (u0, y, z)
      for (std::size_t j = k > first ? k - 1 : first; j <= last; ++j) {
        const double s = (u0 * a(k, j) + y * a(k + 1, j) + (three ? z * a(k + 2, j) : 0)) / h;
        a(k, j) -= s * u0;
        a(k + 1, j) -= s * y;
        if (three) a(k + 2, j) -= s * z;
      }
      for (std::size_t i = first; i <= std::min(k + 3, last); ++i) {
        const double s = (u0 * a(i, k) + y * a(i, k + 1) + (three ? z * a(i, k + 2) : 0)) / h;
        a(i, k) -= s * u0;
        a(i, k + 1) -= s * y;
        if (three) a(i, k + 2) -= s * z;
      }
    }
    if (k > first) {
      a(k + 1, k - 1) = 0;
      if (three) a(k + 2, k - 1) = 0;
    }
    x = a(k + 1, k);
    y = k + 2 <= last ? a(k + 2, k) : 0;
    z = k + 3 <= last ? a(k + 3, k) : 0;
  }
}

}  // namespace

void eigenvalue_moduli(MatrixView<const double> matrix, std::span<double> moduli) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  constexpr double kTiny = 1e-150;  // of a matrix whose elements are about 1
  constexpr int kMostSteps = 90;    // two or three are usual
  const std::size_t n = matrix.rows;
  const double scale = power_of_two_scale(matrix);
  std::vector<double> copy(matrix.data, matrix.data + n * n);
  for (double& element : copy) element *= scale;
  const MatrixView<double> a(copy.data(), n, n);
  reduce_to_hessenberg(a);
  // The block [first, end) at the bottom of what is left gives up its eigenvalues by ones and twos.
  int steps = 0;
  for (std::size_t end = n; end > 0;) {
    std::size_t first = end - 1;
    while (first > 0 &&
           std::abs(a(first, first - 1)) >
               kEpsilon * (std::abs(a(first - 1, first - 1)) + std::abs(a(first, first))) + kTiny)
      --first;
    if (first + 1 == end) {
      moduli[--end] = std::abs(a(first, first)) / scale;
      steps = 0;
    } else if (first + 2 == end) {
      moduli_of_pair(a(first, first), a(first, first + 1), a(first + 1, first),
                     a(first + 1, first + 1), moduli[first], moduli[first + 1]);
      moduli[first] /= scale;
      moduli[first + 1] /= scale;
      end = first;
      steps = 0;
    } else {
      if (++steps > kMostSteps) refuse_eigenvalues(n, true);
      const std::size_t l = end - 1;
      double sum = a(l - 1, l - 1) + a(l, l);
      double product = a(l - 1, l - 1) * a(l, l) - a(l - 1, l) * a(l, l - 1);
      if (steps % 10 == 0) {  // an exceptional shift ends cycles (Martin, Peters, Wilkinson 1970)
        const double w = std::abs(a(l, l - 1)) + std::abs(a(l - 1, l - 2));
        sum = 1.5 * w;
        product = w * w;
      }
      double_step(a, first, l, sum, product);
    }
  }
}

}  // namespace ravine
