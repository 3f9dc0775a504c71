#include "ravine/linalg/products.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "linalg/random_matrix.hpp"

namespace ravine {
namespace {

struct Shape {
  std::size_t batch, in, out;
};
// Tiny, one tile, panels of rows, panels of columns, several depth blocks, odd remainders, rows
// that are a multiple of 4 KiB apart.
const std::vector<Shape> kShapes = {
    {1, 1, 1},       {3, 5, 2},      {32, 64, 10},  {60, 784, 100}, {128, 300, 10}, {128, 784, 300},
    {130, 517, 491}, {500, 70, 241}, {7, 3000, 77}, {40, 1024, 25}, {9, 21, 2048}};

struct Results {
  std::vector<Real> y, g, e;
  bool operator==(const Results&) const = default;
};

// The three products, each added to something that is already there.
Results products(const Shape& s, Threads threads, std::size_t shift = 0) {
  RandomMatrix x(s.batch, s.in, 1, shift), w(s.in, s.out, 2, shift), d(s.batch, s.out, 3, shift);
  RandomMatrix y(s.batch, s.out, 4, shift), g(s.in, s.out, 5, shift), e(s.batch, s.in, 6, shift);
  add_product(threads, x.view(), w.view(), y.view());
  add_transposed_product(threads, x.view(), d.view(), g.view());
  add_product_transposed(threads, d.view(), w.view(), e.view());
  const auto copy = [](RandomMatrix& m) {
    return std::vector<Real>(m.elements().begin(), m.elements().end());
  };
  return {copy(y), copy(g), copy(e)};
}

Results naive(const Shape& s) {
  RandomMatrix x(s.batch, s.in, 1), w(s.in, s.out, 2), d(s.batch, s.out, 3);
  RandomMatrix y(s.batch, s.out, 4), g(s.in, s.out, 5), e(s.batch, s.in, 6);
  std::vector<double> sy(y.elements().begin(), y.elements().end());
  std::vector<double> sg(g.elements().begin(), g.elements().end());
  std::vector<double> se(e.elements().begin(), e.elements().end());
  for (std::size_t b = 0; b < s.batch; ++b)
    for (std::size_t i = 0; i < s.in; ++i)
      for (std::size_t o = 0; o < s.out; ++o) {
        const double xv = x.view()(b, i), wv = w.view()(i, o), dv = d.view()(b, o);
        sy[b * s.out + o] += xv * wv;
        sg[i * s.out + o] += xv * dv;
        se[b * s.in + i] += dv * wv;
      }
  return {{sy.begin(), sy.end()}, {sg.begin(), sg.end()}, {se.begin(), se.end()}};
}

void expect_near(const std::vector<Real>& a, const std::vector<Real>& b, std::size_t terms) {
  ASSERT_EQ(a.size(), b.size());
  const double tolerance = 8 * std::numeric_limits<Real>::epsilon() *
                           std::sqrt(static_cast<double>(terms)) * std::log2(8.0 + terms);
  for (std::size_t i = 0; i < a.size(); ++i)
    ASSERT_NEAR(a[i], b[i], tolerance * (1 + std::fabs(b[i]))) << i;
}

TEST(Products, AgreeWithTheDefinitionAndAdd) {
  for (const Shape& s : kShapes) {
    const Results fast = products(s, {1}), slow = naive(s);
    expect_near(fast.y, slow.y, s.in);
    expect_near(fast.g, slow.g, s.batch);
    expect_near(fast.e, slow.e, s.out);
  }
}

TEST(Products, SameBitsForAnyThreads) {
  for (const Shape& s : kShapes) {
    const Results one = products(s, {1});
    for (int threads : {2, 3, 4}) EXPECT_TRUE(products(s, {threads}) == one) << s.in;
  }
}

TEST(Products, SameBitsAtShiftedAddresses) {
  for (const Shape& s : kShapes) {
    const Results aligned = products(s, {1});
    for (std::size_t shift : {1, 3, 5, 7}) EXPECT_TRUE(products(s, {1}, shift) == aligned) << shift;
  }
}

// Whatever else is in the product, and whichever tile, panel or group of rows it falls into.
TEST(Products, AnElementHasTheSameBitsAnywhere) {
  constexpr std::size_t kBatch = 130, kIn = 517, kOut = 491;
  RandomMatrix x(kBatch, kIn, 1), w(kIn, kOut, 2), y(kBatch, kOut, 3);
  for (Real& value : y.view().elements()) value = 0;
  add_product({1}, x.view(), w.view(), y.view());
  for (const std::size_t column : {0, 7, 239, 240, 490}) {
    std::vector<Real> narrow(kIn), alone(kBatch, Real(0));
    for (std::size_t k = 0; k < kIn; ++k) narrow[k] = w.view()(k, column);
    add_product({1}, x.view(), {narrow.data(), kIn, 1}, {alone.data(), kBatch, 1});
    for (std::size_t i = 0; i < kBatch; ++i) ASSERT_EQ(alone[i], y.view()(i, column)) << i;
  }
}

// Bit by bit, so that neither the missing half nor the cut along the diagonal shows.
TEST(Products, OfAMatrixWithItselfAreThoseOfTwoMatrices) {
  for (const Shape& s : kShapes) {
    RandomMatrix x(s.batch, s.in, 1);
    const std::size_t m = s.batch, n = std::min<std::size_t>(s.in, 1100);
    const MatrixView<const Real> narrow(x.view().data, m * s.in / n, n);
    std::vector<Real> rows(m * m), columns(n * n), rows_of_two(m * m, 0), columns_of_two(n * n, 0);
    add_product_transposed({1}, x.view(), x.view(), {rows_of_two.data(), m, m});
    add_transposed_product({1}, narrow, narrow, {columns_of_two.data(), n, n});
    for (const int threads : {1, 3}) {
      std::ranges::fill(rows, std::numeric_limits<Real>::quiet_NaN());
      std::ranges::fill(columns, std::numeric_limits<Real>::quiet_NaN());
      product_with_own_transpose({threads}, x.view(), {rows.data(), m, m});
      own_transpose_product({threads}, narrow, {columns.data(), n, n});
      EXPECT_EQ(rows, rows_of_two) << s.in;
      EXPECT_EQ(columns, columns_of_two) << s.in;
    }
  }
}

TEST(Products, StartFromZeros) {
  for (const Shape& s : kShapes) {
    RandomMatrix x(s.batch, s.in, 1), w(s.in, s.out, 2), d(s.batch, s.out, 3);
    std::vector<Real> g(s.in * s.out), e(s.batch * s.in), zero_g = g, zero_e = e;
    std::ranges::fill(g, std::numeric_limits<Real>::quiet_NaN());
    std::ranges::fill(e, std::numeric_limits<Real>::quiet_NaN());
    const auto multiply = [&](std::vector<Real>& to_g, std::vector<Real>& to_e, Start start) {
      add_transposed_product({1}, x.view(), d.view(), {to_g.data(), s.in, s.out}, start);
      add_product_transposed({1}, d.view(), w.view(), {to_e.data(), s.batch, s.in}, start);
    };
    multiply(g, e, Start::kZero);
    multiply(zero_g, zero_e, Start::kPresent);
    EXPECT_EQ(g, zero_g);
    EXPECT_EQ(e, zero_e);
  }
}

TEST(Products, AffineAddsTheBiasToEveryRow) {
  for (const Shape& s : kShapes) {
    RandomMatrix x(s.batch, s.in, 1), w(s.in, s.out, 2), bias(1, s.out, 3), y(s.batch, s.out, 4);
    std::vector<Real> expected;
    for (std::size_t i = 0; i < s.batch; ++i)
      expected.insert(expected.end(), bias.elements().begin(), bias.elements().end());
    add_product({1}, x.view(), w.view(), {expected.data(), s.batch, s.out});
    affine({1}, x.view(), w.view(), bias.elements(), y.view());
    EXPECT_TRUE(std::ranges::equal(y.elements(), expected));
    affine({1}, x.view(), w.view(), {}, y.view());
    std::ranges::fill(expected, Real(0));
    add_product({1}, x.view(), w.view(), {expected.data(), s.batch, s.out});
    EXPECT_TRUE(std::ranges::equal(y.elements(), expected));
  }
}

TEST(Products, WithoutDepthIsZero) {
  std::vector<Real> g(6, Real(1));
  add_transposed_product({1}, {nullptr, 0, 2}, {nullptr, 0, 3}, {g.data(), 2, 3}, Start::kZero);
  EXPECT_EQ(g, std::vector<Real>(6, Real(0)));
}

TEST(Products, NaNIsNotLost) {
  RandomMatrix x(4, 6, 1), w(6, 3, 2), y(4, 3, 3);
  x.view()(2, 5) = std::numeric_limits<Real>::quiet_NaN();
  add_product({1}, x.view(), w.view(), y.view());
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(std::isnan(y.view()(i, j)), i == 2);
}

// Rows 0 ... of a matrix with many zeros, as CSR and dense.
struct SparsePair {
  std::vector<std::int64_t> row_start{0};
  std::vector<std::int32_t> columns;
  std::vector<float> values;
  std::vector<std::int32_t> selected;
  AlignedVector<Real> dense;  // the selected rows
  SparseView view;

  SparsePair(std::size_t rows, std::size_t cols, std::vector<std::int32_t> choice)
      : selected(std::move(choice)), dense(selected.size() * cols) {
    RandomStream stream(9, Purpose::kTest);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < cols; ++j) {
        if (stream.uniform() > 0.1) continue;
        columns.push_back(static_cast<std::int32_t>(j));
        values.push_back(static_cast<float>(stream.normal()));
        for (std::size_t r = 0; r < selected.size(); ++r)
          if (static_cast<std::size_t>(selected[r]) == i) dense[r * cols + j] = values.back();
      }
      row_start.push_back(static_cast<std::int64_t>(columns.size()));
    }
    view = {row_start.data(), columns.data(), values.data(), selected, cols};
  }
};

TEST(SparseProducts, EqualTheDenseOnesWithTheSameBitsForAnyThreads) {
  constexpr std::size_t kIn = 300, kOut = 150;
  std::vector<std::int32_t> choice;
  for (std::int32_t i = 0; i < 90; ++i) choice.push_back((i * 37) % 50);  // rows may come twice
  const SparsePair x(50, kIn, choice);
  const MatrixView<const Real> dense(x.dense.data(), choice.size(), kIn);
  RandomMatrix w(kIn, kOut, 1), d(choice.size(), kOut, 2);
  RandomMatrix y_dense(choice.size(), kOut, 3), g_dense(kIn, kOut, 4);
  add_product({1}, dense, w.view(), y_dense.view());
  add_transposed_product({1}, dense, d.view(), g_dense.view());
  const auto vector = [](RandomMatrix& m) {
    return std::vector<Real>(m.elements().begin(), m.elements().end());
  };
  std::vector<Real> first_y, first_g;
  for (int threads : {1, 2, 3, 4}) {
    RandomMatrix y(choice.size(), kOut, 3), g(kIn, kOut, 4);
    add_product({threads}, x.view, w.view(), y.view());
    add_transposed_product({threads}, x.view, d.view(), g.view());
    if (threads == 1) {
      first_y = vector(y);
      first_g = vector(g);
      expect_near(first_y, vector(y_dense), kIn);
      expect_near(first_g, vector(g_dense), choice.size());
    }
    EXPECT_EQ(vector(y), first_y);
    EXPECT_EQ(vector(g), first_g);
  }
}

}  // namespace
}  // namespace ravine
