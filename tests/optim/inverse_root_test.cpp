// Roots and bases of the rules on matrices.
#include "ravine/optim/matrix/inverse_root.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "linalg/random_matrix.hpp"
#include "ravine/linalg/products.hpp"

namespace ravine {
namespace {

constexpr double kTight = sizeof(Real) == 4 ? 1e-4 : 1e-11;

struct Square {
  explicit Square(std::size_t side) : n(side), elements(side * side, Real{0}) {}
  std::size_t n;
  std::vector<Real> elements;
  MatrixView<Real> view() { return {elements.data(), n, n}; }
};

Square times(Square a, Square b) {
  Square c(a.n);
  affine({}, a.view(), b.view(), {}, c.view());
  return c;
}

// X X' of n x rank normals.
Square gram(std::size_t n, std::size_t rank) {
  RandomMatrix x(n, rank, 3);
  Square a(n);
  product_with_own_transpose({}, x.view(), a.view());
  return a;
}

Square root_of(Square a, double c, double epsilon, double power) {
  Square root(a.n), work(a.n);
  EigenScratch scratch;
  scratch.reserve(a.n);
  inverse_root({}, a.view(), c, epsilon, power, root.view(), work.view(), scratch);
  return root;
}

TEST(InverseRoot, IsOneOfThePower) {
  for (const std::size_t n : {1, 2, 7, 40}) {
    Square a = gram(n, 2 * n);
    const Square root = root_of(a, 3, 0.5, 0.25);
    Square shifted = a;
    for (Real& x : shifted.elements) x *= 3;
    for (std::size_t i = 0; i < n; ++i) shifted.view()(i, i) += Real(0.5);
    const Square square = times(root, root);
    Square one = times(times(square, square), shifted);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        EXPECT_NEAR(one.view()(i, j), i == j ? 1 : 0, 100 * kTight) << n << " " << i << " " << j;
  }
}

// Rounded zeros are lifted to epsilon: the largest eigenvalue of the root is epsilon^(-power).
TEST(InverseRoot, LiftsNegativeEigenvaluesFirst) {
  Square a(2);
  a.view()(0, 0) = 1;
  a.view()(1, 1) = Real(-0.25);
  Square root = root_of(a, 1, 1.0 / 16, 0.5);
  EXPECT_NEAR(root.view()(1, 1), 4, kTight);
  EXPECT_NEAR(root.view()(0, 0), 1 / std::sqrt(1.3125), kTight);
}

TEST(InverseRoot, LeavesItsResultAloneForWhatIsNotFinite) {
  Square a(2), root(2), work(2);
  a.view()(0, 1) = std::numeric_limits<Real>::quiet_NaN();
  root.elements = {1, 2, 3, 4};
  EigenScratch scratch;
  scratch.reserve(2);
  inverse_root({}, a.view(), 1, 1, 1, root.view(), work.view(), scratch);
  descending_eigenvectors(a.view(), root.view(), scratch);
  EXPECT_EQ(root.elements, (std::vector<Real>{1, 2, 3, 4}));
}

TEST(Eigenvectors, ComeWithTheLargestFirst) {
  Square a = gram(6, 9), q(6);
  EigenScratch scratch;
  scratch.reserve(6);
  descending_eigenvectors(a.view(), q.view(), scratch);
  Square aq = times(q, a), d(6);
  add_product_transposed({}, aq.view(), q.view(), d.view());
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 6; ++j)
      if (i != j) {
        EXPECT_NEAR(d.view()(i, j), 0, 100 * kTight);
      }
    if (i > 0) {
      EXPECT_GT(d.view()(i - 1, i - 1), d.view()(i, i));
    }
  }
}

// Q Q' = I, and what R would hold below its diagonal is 0: row k of the old is in rows 0..k of Q.
TEST(Orthonormalize, IsTheQOfAQrDecomposition) {
  for (const std::size_t n : {1, 2, 5, 60, 200}) {
    RandomMatrix x(n, n, 8);
    Square q(n), reflectors(n), one(n), r(n);
    std::ranges::copy(x.elements(), q.elements.begin());
    orthonormalize_rows({2}, q.view(), reflectors.view());
    product_with_own_transpose({}, q.view(), one.view());
    add_product_transposed({}, x.view(), q.view(), r.view());
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        ASSERT_NEAR(one.view()(i, j), i == j ? 1 : 0, kTight) << n;
        if (j > i) {
          ASSERT_NEAR(r.view()(i, j), 0, 100 * kTight) << n << " " << i << " " << j;
        }
      }
    Square again(n);
    std::ranges::copy(x.elements(), again.elements.begin());
    orthonormalize_rows({1}, again.view(), reflectors.view());
    EXPECT_EQ(again.elements, q.elements);
  }
}

// Rows that depend on others are completed to a basis.
TEST(Orthonormalize, CompletesWhatIsNotABasis) {
  Square q(4), reflectors(4), one(4);
  q.elements = {1, 2, 0, 0, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3};
  orthonormalize_rows({}, q.view(), reflectors.view());
  product_with_own_transpose({}, q.view(), one.view());
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      EXPECT_NEAR(one.view()(i, j), i == j ? 1 : 0, kTight) << i << " " << j;
}

}  // namespace
}  // namespace ravine
