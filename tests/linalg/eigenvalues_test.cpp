#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/random.hpp"
#include "ravine/linalg/symmetric.hpp"

namespace ravine {
namespace {

struct Square {
  std::size_t n;
  std::vector<double> elements;

  explicit Square(std::size_t n_) : n(n_), elements(n_ * n_) {}
  double& operator()(std::size_t i, std::size_t j) { return elements[i * n + j]; }
  double operator()(std::size_t i, std::size_t j) const { return elements[i * n + j]; }
  MatrixView<const double> view() const { return {elements.data(), n, n}; }
  /// Of the transpose, which has the same eigenvalues.
  Eigen::MatrixXd eigen() const {
    const auto size = static_cast<Eigen::Index>(n);
    return Eigen::Map<const Eigen::MatrixXd>(elements.data(), size, size);
  }
  double largest() const { return eigen().cwiseAbs().maxCoeff(); }
};

Square random_square(std::size_t n, std::uint64_t index) {
  RandomStream random(1, Purpose::kTest, index);
  Square a(n);
  for (double& element : a.elements) element = random.normal();
  return a;
}

Square symmetric(Square a) {
  for (std::size_t i = 0; i < a.n; ++i)
    for (std::size_t j = 0; j < i; ++j) a(i, j) = a(j, i);
  return a;
}

/// What breaks methods: sizes 1 to 3, repeated and zero eigenvalues, grading over 20 decades.
std::vector<Square> symmetric_matrices() {
  std::vector<Square> all;
  for (const std::size_t n : {1, 2, 3, 4, 5, 8, 9, 40, 101})
    all.push_back(symmetric(random_square(n, n)));
  Square ones(12), zeros(7), identity(6), graded(20), low_rank(15), diagonal(5), pairs(6), path(30);
  std::ranges::fill(ones.elements, 1.0);
  for (std::size_t i = 0; i < 6; ++i) identity(i, i) = 1;
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 20; ++j)
      graded(i, j) = std::ldexp(1.0, -2 * static_cast<int>(i + j));
  const Square noise = random_square(15, 99);
  for (std::size_t i = 0; i < 15; ++i)
    for (std::size_t j = 0; j < 15; ++j)
      low_rank(i, j) = noise(0, i) * noise(0, j) - 3 * noise(1, i) * noise(1, j);
  for (std::size_t i = 0; i < 5; ++i) diagonal(i, i) = static_cast<double>(i) - 2;
  for (std::size_t i = 0; i < 6; i += 2) pairs(i, i + 1) = pairs(i + 1, i) = 1;
  for (std::size_t i = 0; i + 1 < 30; ++i) path(i, i + 1) = path(i + 1, i) = 1;
  for (Square* a : {&ones, &zeros, &identity, &graded, &low_rank, &diagonal, &pairs, &path})
    all.push_back(*a);
  for (const double scale : {1e-300, 1e200}) {
    all.push_back(all[6]);
    for (double& element : all.back().elements) element *= scale;
  }
  return all;
}

TEST(SymmetricEigen, ValuesAreThoseOfAnotherImplementation) {
  for (const Square& a : symmetric_matrices()) {
    std::vector<double> with(a.n), without(a.n);
    Square vectors(a.n);
    symmetric_eigen(a.view(), with, {vectors.elements.data(), a.n, a.n});
    symmetric_eigenvalues(a.view(), without);
    const Eigen::VectorXd expected =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(a.eigen()).eigenvalues();
    const double close = 1e-14 * a.largest() * static_cast<double>(a.n);
    for (std::size_t k = 0; k < a.n; ++k) {
      EXPECT_NEAR(with[k], expected[static_cast<Eigen::Index>(k)], close) << a.n << ' ' << k;
      EXPECT_NEAR(without[k], expected[static_cast<Eigen::Index>(k)], close) << a.n << ' ' << k;
    }
    EXPECT_TRUE(std::ranges::is_sorted(with));
    EXPECT_TRUE(std::ranges::is_sorted(without));
  }
}

TEST(SymmetricEigen, VectorsAreOrthonormalAndDiagonalize) {
  for (const Square& a : symmetric_matrices()) {
    std::vector<double> values(a.n);
    Square q(a.n);
    symmetric_eigen(a.view(), values, {q.elements.data(), a.n, a.n});
    const Eigen::MatrixXd columns = q.eigen();  // a row of ours is a column of Eigen's
    const auto size = static_cast<Eigen::Index>(a.n);
    const double n = static_cast<double>(a.n), largest = a.largest();
    EXPECT_LE((columns.transpose() * columns - Eigen::MatrixXd::Identity(size, size))
                  .cwiseAbs()
                  .maxCoeff(),
              1e-14 * n)
        << a.n;
    const Eigen::MatrixXd product = a.eigen() * columns;
    for (Eigen::Index k = 0; k < size; ++k)
      EXPECT_LE((product.col(k) - values[static_cast<std::size_t>(k)] * columns.col(k))
                    .cwiseAbs()
                    .maxCoeff(),
                1e-14 * n * largest)
          << a.n << ' ' << k;
  }
}

// Of the path of 30 vertices: 2 cos(pi k / 31) (Cvetkovic, Doob and Sachs 1980, section 2.6).
TEST(SymmetricEigen, OfAPathAreKnown) {
  Square path(30);
  for (std::size_t i = 0; i + 1 < 30; ++i) path(i, i + 1) = path(i + 1, i) = 1;
  std::vector<double> values(30);
  symmetric_eigenvalues(path.view(), values);
  for (std::size_t k = 0; k < 30; ++k)
    EXPECT_NEAR(values[k], 2 * std::cos(M_PI * static_cast<double>(30 - k) / 31), 4e-15);
}

std::vector<double> sorted_moduli(const Square& a) {
  std::vector<double> moduli(a.n);
  eigenvalue_moduli(a.view(), moduli);
  std::ranges::sort(moduli);
  return moduli;
}

// What is left to take away is subnormal once squared.
TEST(SymmetricEigen, TinyElementsBesideOthersTurnNothing) {
  for (const double tiny : {1e-150, 1e-158, 1e-160, 4e-161, 2e-161, 1e-161, 1e-170, 1e-310}) {
    Square a(4);
    for (std::size_t i = 0; i < 4; ++i) a(i, i) = static_cast<double>(i + 1);
    a(3, 0) = a(0, 3) = tiny;
    std::vector<double> values(4), moduli(4);
    symmetric_eigenvalues(a.view(), values);
    eigenvalue_moduli(a.view(), moduli);
    std::ranges::sort(moduli);
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_NEAR(values[k], static_cast<double>(k + 1), 1e-15) << tiny;
      EXPECT_NEAR(moduli[k], static_cast<double>(k + 1), 1e-15) << tiny;
    }
  }
}

TEST(GeneralEigen, ModuliAreThoseOfAnotherImplementation) {
  std::vector<Square> all = symmetric_matrices();
  for (const std::size_t n : {1, 2, 3, 4, 5, 7, 12, 33, 80})
    all.push_back(random_square(n, 100 + n));
  Square turn(
      4);  // a cyclic shift: all four lie on the unit circle, and plain shifts never converge
  for (std::size_t i = 0; i < 4; ++i) turn(i, (i + 1) % 4) = 1;
  all.push_back(turn);
  for (const Square& a : all) {
    const double scale = a.largest() > 0 ? a.largest() : 1;
    const Eigen::EigenSolver<Eigen::MatrixXd> solver(a.eigen() / scale, false);
    std::vector<double> expected;
    for (std::size_t k = 0; k < a.n; ++k)
      expected.push_back(std::abs(solver.eigenvalues()[static_cast<Eigen::Index>(k)]));
    std::ranges::sort(expected);
    const std::vector<double> moduli = sorted_moduli(a);
    for (std::size_t k = 0; k < a.n; ++k)
      EXPECT_NEAR(moduli[k] / scale, expected[k], 1e-12) << a.n << ' ' << k;
  }
}

// The companion matrix of (z - 3) (z^2 + 4) (z + 0.5): its roots are 3, 2i, -2i, -0.5.
TEST(GeneralEigen, MayBeComplex) {
  const std::vector<double> coefficients = {-6, -10, 2.5, -2.5};  // of z^0 ... z^3
  Square a(4);
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) a(i, i - 1) = 1;
    a(i, 3) = -coefficients[i];
  }
  const std::vector<double> moduli = sorted_moduli(a);
  const double roots[] = {0.5, 2, 2, 3};
  for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(moduli[k], roots[k], 1e-12);
}

TEST(Eigenvalues, OfWhatIsNotFiniteAreRefused) {
  const std::vector<double> a = {1, std::numeric_limits<double>::quiet_NaN(), 0, 1};
  std::vector<double> values(2), vectors(4);
  EXPECT_THROW(eigenvalue_moduli({a.data(), 2, 2}, values), Error);
  EXPECT_THROW(symmetric_eigenvalues({a.data(), 2, 2}, values), Error);
  EXPECT_THROW(symmetric_eigen({a.data(), 2, 2}, values, {vectors.data(), 2, 2}), Error);
}

}  // namespace
}  // namespace ravine
