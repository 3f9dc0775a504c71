// What the iterations do to singular values, which closed forms say.
#include "ravine/optim/matrix/newton_schulz.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "ravine/core/random.hpp"
#include "ravine/core/real.hpp"
#include "ravine/linalg/products.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

constexpr double kClose = sizeof(Real) == 4 ? 2e-4 : 1e-12;  // the slope at 0 is 485
// Published digits.
constexpr double kDigits = sizeof(Real) == 4 ? 2e-5 : 6e-10;

struct Dense {
  std::size_t rows, cols;
  AlignedVector<Real> elements;

  Dense(std::size_t rows_, std::size_t cols_) : rows(rows_), cols(cols_), elements(rows_ * cols_) {}
  MatrixView<Real> view() { return {elements.data(), rows, cols}; }
  Real& at(std::size_t i, std::size_t j) { return elements[i * cols + j]; }
};

Dense random_dense(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Dense x(rows, cols);
  RandomStream random(seed, Purpose::kTest);
  double sum = 0;
  for (Real& value : x.elements) {
    value = static_cast<Real>(random.normal());
    sum += double{value} * double{value};
  }
  for (Real& value : x.elements) value = static_cast<Real>(double{value} / std::sqrt(sum));
  return x;
}

Dense transposed(Dense x) {
  Dense y(x.cols, x.rows);
  for (std::size_t i = 0; i < x.rows; ++i)
    for (std::size_t j = 0; j < x.cols; ++j) y.at(j, i) = x.at(i, j);
  return y;
}

Dense product(Dense x, Dense y) {
  Dense z(x.rows, y.cols);
  affine({}, x.view(), y.view(), {}, z.view());
  return z;
}

// A product of reflections I - 2 v v' / v'v, so orthogonal.
Dense rotation(std::size_t n, std::uint64_t seed) {
  Dense q(n, n);
  for (std::size_t i = 0; i < n; ++i) q.at(i, i) = 1;
  for (std::uint64_t k = 0; k < 3; ++k) {
    Dense v = random_dense(1, n, seed + k), reflection(n, n);  // of length 1
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        reflection.at(i, j) =
            static_cast<Real>((i == j) - 2 * double{v.elements[i]} * double{v.elements[j]});
    q = product(q, reflection);
  }
  return q;
}

Dense iterated(const std::string& name, Dense x, std::size_t count = 0, Threads threads = {}) {
  const auto steps = quintics(name);
  const std::size_t side = std::min(x.rows, x.cols);
  Dense gram(side, side), factor(side, side), next(x.rows, x.cols);
  iterate_quintics(threads, steps, count > 0 ? count : steps.size(), x.view(),
                   {gram.view(), factor.view(), next.view()});
  return x;
}

double of_value(const std::string& name, double s, std::size_t count = 0) {
  Dense x(1, 1);
  x.at(0, 0) = static_cast<Real>(s);
  return iterated(name, x, count).at(0, 0);
}

void expect_near(Dense x, Dense y, double tolerance) {
  ASSERT_EQ(x.elements.size(), y.elements.size());
  for (std::size_t i = 0; i < x.elements.size(); ++i)
    ASSERT_NEAR(x.elements[i], y.elements[i], tolerance) << i;
}

TEST(NewtonSchulz, MapsSingularValuesByItsPolynomial) {
  const std::vector<std::pair<double, double>> values = {
      {1, 0.696436409},    {std::sqrt(0.5), 1.108111116},
      {0.6, 0.722876169},  {0.8, 1.119203930},
      {0.5, 0.765438530},  {0.1, 0.712120082},
      {0.01, 0.698917063}, {0.001, 0.470543951}};
  // A diagonal of 8 values in rectangles of both orientations.
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{8, 13}, {21, 8}, {8, 8}}) {
    Dense x(rows, cols);
    for (std::size_t k = 0; k < 8; ++k) x.at(k, k) = static_cast<Real>(values[k].first);
    Dense y = iterated("newton_schulz", x);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < cols; ++j)
        EXPECT_NEAR(y.at(i, j), i == j ? values[i].second : 0, kDigits) << i << " " << j;
  }
  const double slope = of_value("newton_schulz", 1e-9) / 1e-9;
  EXPECT_NEAR(slope, 484.876, sizeof(Real) == 4 ? 1e-2 : 1e-3);
}

TEST(NewtonSchulz, OscillatesFromOneStepToTheNext) {
  const std::vector<double> from_one = {0.701, 1.113620216, 0.72070595, 1.089974202, 0.696436409};
  for (std::size_t k = 0; k < 5; ++k)
    EXPECT_NEAR(of_value("newton_schulz", 1, k + 1), from_one[k], 10 * kDigits) << k;
}

TEST(NewtonSchulz, LeavesSingularVectorsAlone) {
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{5, 9}, {9, 5}, {6, 6}}) {
    const std::size_t side = std::min(rows, cols);
    Dense s(rows, cols), f(rows, cols);
    for (std::size_t k = 0; k < side; ++k) {
      double value = 0.9 / (1 + static_cast<double>(k * k));
      s.at(k, k) = static_cast<Real>(value);
      for (int step = 0; step < 5; ++step)
        value = value * (3.4445 + value * value * (-4.7750 + value * value * 2.0315));
      f.at(k, k) = static_cast<Real>(value);
    }
    const Dense u = rotation(rows, 3), v = rotation(cols, 7);
    expect_near(iterated("newton_schulz", product(product(u, s), v)), product(product(u, f), v),
                kClose);
  }
}

TEST(NewtonSchulz, KeepsRankOne) {
  Dense u = random_dense(7, 1, 1), v = random_dense(1, 4, 2);
  Dense expected = product(u, v);
  for (Real& x : expected.elements) x = static_cast<Real>(0.696436409 * double{x});
  expect_near(iterated("newton_schulz", product(u, v)), expected, kDigits);
}

// The same products in the same order, so the same bits.
TEST(NewtonSchulz, OfATransposeIsTheTranspose) {
  const Dense x = random_dense(37, 300, 5);
  EXPECT_EQ(iterated("newton_schulz", transposed(x)).elements,
            transposed(iterated("newton_schulz", x)).elements);
}

TEST(NewtonSchulz, TurnsWithItsArgument) {
  const Dense x = random_dense(12, 17, 4), q = rotation(12, 20);
  expect_near(iterated("newton_schulz", product(q, x)), product(q, iterated("newton_schulz", x)),
              10 * kClose);
}

TEST(NewtonSchulz, EndsInItsRange) {
  double least = 2, most = 0;
  for (int k = 0; k <= 4000; ++k) {
    const double f = of_value("newton_schulz", std::exp(std::log(0.00155) * k / 4000.0));
    least = std::min(least, f);
    most = std::max(most, f);
  }
  EXPECT_GE(least, 0.68183 - 1e-5);
  EXPECT_LE(least, 0.6819);
  EXPECT_LE(most, 1.20237 + 1e-5);
  EXPECT_GE(most, 1.2020);
}

TEST(PolarExpress, MapsSingularValuesByItsPolynomials) {
  // The rule divides by 1.02 times the norm.
  const std::vector<std::pair<double, double>> values = {
      {1, 0.9035374}, {0.5, 1.0864030}, {0.1, 1.0164586}, {0.01, 0.9967754}};
  for (const auto& [s, f] : values)
    EXPECT_NEAR(of_value("polar_express", s / 1.02), f, sizeof(Real) == 4 ? 2e-5 : 6e-8) << s;
  double least = 2, most = 0;
  for (int k = 0; k <= 4000; ++k) {
    const double f = of_value("polar_express", std::exp(std::log(0.002) * k / 4000.0) / 1.02);
    least = std::min(least, f);
    most = std::max(most, f);
  }
  EXPECT_NEAR(least, 0.85887, 2e-5);
  EXPECT_NEAR(most, 1.14113, 2e-5);
}

TEST(Polar, ConvergesToTheOrthogonalFactor) {
  const Dense x = random_dense(6, 11, 9);
  Dense o = iterated("polar", x);
  Dense gram = product(o, transposed(o)), identity(6, 6);
  for (std::size_t i = 0; i < 6; ++i) identity.at(i, i) = 1;
  expect_near(gram, identity, kClose);
  // More steps repeat the last one, which moves it no more.
  expect_near(iterated("polar", x, 20), o, kClose);
}

TEST(NewtonSchulz, HasTheSameBitsForAnyThreads) {
  const Dense x = random_dense(500, 301, 6);
  const auto one = iterated("newton_schulz", x, 2, {1}).elements;
  for (const int threads : {2, 3, 4})
    EXPECT_EQ(one, iterated("newton_schulz", x, 2, {threads}).elements) << threads;
}

TEST(NewtonSchulz, RefusesOtherNames) {
  const std::string refusal = refusal_of([] { quintics("polar_expres"); });
  EXPECT_NE(refusal.find("it must be one of newton_schulz, polar_express, polar"),
            std::string::npos)
      << refusal;
}

}  // namespace
}  // namespace ravine
