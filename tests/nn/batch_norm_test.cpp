#include "ravine/nn/layers/batch_norm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "linalg/random_matrix.hpp"
#include "ravine/linalg/products.hpp"

namespace ravine {
namespace {

constexpr std::size_t kRows = 50, kWidth = 70;
const double kTolerance = 2e3 * std::numeric_limits<Real>::epsilon();

// One layer with gamma = 1, beta = 0 and everything that a pass through it needs.
struct Harness {
  ParameterLayout layout;
  BatchNorm layer;
  AlignedVector<Real> theta, gradient;
  RandomMatrix y{kRows, kWidth, 1}, dy{kRows, kWidth, 2}, dx{kRows, kWidth, 3};
  std::vector<double> statistics = std::vector<double>(2 * kWidth);
  Pass pass;

  explicit Harness(double delta) : layer(0, Shape::vector(kWidth), kWidth, layout, delta) {
    theta.resize(layout.size());
    gradient.resize(layout.size());
    layer.initialize(*initializer_catalog().make("he"), 1, theta);
    pass.training = true;
  }
  LayerState state(MatrixView<const Real> x) { return {{x, nullptr}, y.view(), statistics}; }
  void run(MatrixView<const Real> x) {
    layer.forward(pass, theta, state(x));
    layer.backward(pass, theta, state(x), dy.view(), dx.view(), gradient);
  }
};

TEST(BatchNorm, OutputHasMeanBetaAndVarianceGammaSquared) {
  Harness h(0);
  RandomMatrix x(kRows, kWidth, 4);
  std::ranges::fill(h.layout.block("batch_norm0/gain").of(std::span<Real>(h.theta)), Real(3));
  std::ranges::fill(h.layout.block("batch_norm0/bias").of(std::span<Real>(h.theta)), Real(-2));
  h.run(x.view());
  for (std::size_t j = 0; j < kWidth; ++j) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < kRows; ++i) mean += h.y.view()(i, j) / double(kRows);
    for (std::size_t i = 0; i < kRows; ++i)
      square += std::pow(h.y.view()(i, j) - mean, 2) / double(kRows);
    ASSERT_NEAR(mean, -2, kTolerance);
    ASSERT_NEAR(square, 9, 9 * kTolerance);
  }
}

TEST(BatchNorm, DeltaStandsInsideTheRoot) {
  Harness h(0.75);
  AlignedVector<Real> x(kRows * kWidth);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = i / kWidth % 2 == 0 ? Real(0.5) : Real(-0.5);
  h.run({x.data(), kRows, kWidth});  // variance 1/4: sigma = sqrt(0.75 + 0.25) = 1
  EXPECT_NEAR(h.y.view()(0, 0), 0.5, kTolerance);
  EXPECT_NEAR(h.y.view()(1, 3), -0.5, kTolerance);
}

// BN(a W u) = BN(W u), and the gradient with respect to a W is 1/a of that to W (Ioffe & Szegedy
// 2015, section 3.3).
TEST(BatchNorm, IsInvariantToTheScaleOfTheWeights) {
  constexpr std::size_t kIn = 20;
  RandomMatrix u(kRows, kIn, 5), w(kIn, kWidth, 6);
  const auto run = [&](Real a) {
    RandomMatrix scaled(kIn, kWidth, 6);
    for (Real& value : scaled.view().elements()) value *= a;
    AlignedVector<Real> x(kRows * kWidth), g(kIn * kWidth);
    const MatrixView<Real> product(x.data(), kRows, kWidth), dw(g.data(), kIn, kWidth);
    add_product({1}, u.view(), scaled.view(), product);
    Harness h(0);
    h.run(product);
    add_transposed_product({1}, u.view(), h.dx.view(), dw);
    return std::pair(std::vector<Real>(h.y.elements().begin(), h.y.elements().end()), g);
  };
  const auto plain = run(1), scaled = run(5);
  for (std::size_t i = 0; i < plain.first.size(); ++i)
    ASSERT_NEAR(plain.first[i], scaled.first[i], kTolerance);
  for (std::size_t i = 0; i < plain.second.size(); ++i)
    ASSERT_NEAR(plain.second[i], 5 * scaled.second[i], 5 * kTolerance);
}

TEST(BatchNorm, GradientIsOrthogonalToOnesAndToTheNormalizedColumn) {
  Harness h(0);
  RandomMatrix x(kRows, kWidth, 7);
  h.run(x.view());
  for (std::size_t j = 0; j < kWidth; ++j) {
    double ones = 0, normalized = 0;
    for (std::size_t i = 0; i < kRows; ++i) {
      ones += h.dx.view()(i, j);
      normalized += double(h.dx.view()(i, j)) * h.y.view()(i, j);  // gamma = 1, beta = 0: y = h
    }
    ASSERT_NEAR(ones, 0, kTolerance);
    ASSERT_NEAR(normalized, 0, kTolerance);
  }
}

TEST(BatchNorm, OutsideTrainingItUsesTheGivenStatistics) {
  Harness h(0);
  h.pass.training = false;
  std::fill_n(h.statistics.begin(), kWidth, 2.0);
  std::fill_n(h.statistics.begin() + kWidth, kWidth, 16.0);
  RandomMatrix x(kRows, kWidth, 8);
  h.layer.forward(h.pass, h.theta, h.state(x.view()));
  for (std::size_t i = 0; i < kRows; ++i)
    for (std::size_t j = 0; j < kWidth; ++j)
      ASSERT_NEAR(h.y.view()(i, j), (x.view()(i, j) - 2) / 4, kTolerance);
  EXPECT_EQ(h.statistics[0], 2.0);
}

}  // namespace
}  // namespace ravine
