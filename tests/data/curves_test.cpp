#include "ravine/data/synthetic/curves.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "ravine/data/data_catalog.hpp"

namespace ravine {
namespace {

constexpr std::size_t kCurvePixels = 784, kComponents = 6;

std::vector<double> centred(const Dataset& data, Range range, const std::vector<double>& mean) {
  std::vector<double> x;
  for (std::size_t i = range.begin; i < range.end; ++i)
    for (std::size_t j = 0; j < kCurvePixels; ++j)
      x.push_back(data.features.pixels[i * kCurvePixels + j] / 255.0 - mean[j]);
  return x;
}

double mean_square(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return sum / (static_cast<double>(x.size()) / kCurvePixels);
}

using Basis = std::array<std::vector<double>, kComponents>;

void orthonormalize(Basis& basis) {
  for (std::size_t k = 0; k < kComponents; ++k) {
    for (std::size_t earlier = 0; earlier < k; ++earlier) {
      double product = 0;
      for (std::size_t j = 0; j < kCurvePixels; ++j) product += basis[k][j] * basis[earlier][j];
      for (std::size_t j = 0; j < kCurvePixels; ++j) basis[k][j] -= product * basis[earlier][j];
    }
    double squares = 0;
    for (const double value : basis[k]) squares += value * value;
    for (double& value : basis[k]) value /= std::sqrt(squares);
  }
}

std::array<double, kComponents> project(const double* x, const Basis& basis) {
  std::array<double, kComponents> codes{};
  for (std::size_t k = 0; k < kComponents; ++k)
    for (std::size_t j = 0; j < kCurvePixels; ++j) codes[k] += x[j] * basis[k][j];
  return codes;
}

// The subspace of the six largest principal components, by orthogonal iteration.
Basis principal_components(const std::vector<double>& x) {
  Basis basis;
  for (std::size_t k = 0; k < kComponents; ++k)
    for (std::size_t j = 0; j < kCurvePixels; ++j)
      basis[k].push_back(std::cos(static_cast<double>((k + 1) * (j + 1))));
  orthonormalize(basis);
  for (int iteration = 0; iteration < 12; ++iteration) {
    Basis next;
    next.fill(std::vector<double>(kCurvePixels));
    for (std::size_t i = 0; i < x.size(); i += kCurvePixels) {
      const auto codes = project(&x[i], basis);
      for (std::size_t k = 0; k < kComponents; ++k)
        for (std::size_t j = 0; j < kCurvePixels; ++j) next[k][j] += codes[k] * x[i + j];
    }
    basis = next;
    orthonormalize(basis);
  }
  return basis;
}

// The two published numbers that the generator's constants were chosen for: 7.64 (Hinton and
// Salakhutdinov 2006) and 16 (Sutskever et al. 2013, Table 3). Samples of 3000 vary by 1.5 %.
TEST(Curves, AreAsHardForPrincipalComponentsAsThePublishedSet) {
  const Dataset data = make_curves(0, 3000);
  std::vector<double> mean(kCurvePixels);
  for (std::size_t i = 0; i < data.train.end; ++i)
    for (std::size_t j = 0; j < kCurvePixels; ++j)
      mean[j] += data.features.pixels[i * kCurvePixels + j] / 255.0 / 3000;
  const std::vector<double> train = centred(data, data.train, mean);
  const std::vector<double> test = centred(data, data.test, mean);
  EXPECT_NEAR(mean_square(test), 15.7, 0.4);
  const Basis basis = principal_components(train);
  double explained = 0;
  for (std::size_t i = 0; i < test.size(); i += kCurvePixels)
    for (const double code : project(&test[i], basis)) explained += code * code;
  const double error = mean_square(test) - explained / static_cast<double>(data.test.size());
  EXPECT_NEAR(error, 7.64, 0.25);
}

TEST(Curves, ExamplesDoNotDependOnTheSizesOrOnEachOther) {
  const Dataset small = make_curves(5, 50), large = make_curves(5, 80);
  EXPECT_TRUE(std::equal(small.features.pixels.begin(), small.features.pixels.begin() + 50 * 784,
                         large.features.pixels.begin()));
  EXPECT_EQ(small.test.size(), 1000u);
  const auto pixel = [](const Dataset& data, std::size_t k) {
    return data.features.pixels[data.test.begin * kCurvePixels + k];
  };
  for (std::size_t k = 0; k < 1000 * kCurvePixels; ++k) ASSERT_EQ(pixel(small, k), pixel(large, k));
  std::array<std::uint8_t, kCurvePixels> alone;
  draw_curve(5, 7, alone);
  EXPECT_TRUE(std::equal(alone.begin(), alone.end(), &small.features.pixels[7 * kCurvePixels]));
  EXPECT_NE(make_curves(6, 50).digest, small.digest);
}

TEST(Curves, KnownAnswer) {
  EXPECT_EQ(make_curves(0, 1000).digest,
            "11d97fe1052365199c925e646c1f362460979fbd71c62859e957e7e381fb8dda");
}

TEST(Curves, IsADataSetWithoutLabels) {
  const auto data = data_catalog().load({.name = "curves", .directory = "", .train = 100});
  EXPECT_EQ(data->train.size(), 100u);
  EXPECT_EQ(data->validation.size(), 0u);
  EXPECT_EQ(data->classes, 0u);
  EXPECT_TRUE(data->labels.empty());
  EXPECT_EQ(data->features.scale, std::vector<double>{1.0 / 255});
  EXPECT_EQ(make_curves(0, 60000 / 10).test.size(), 3000u);
}

}  // namespace
}  // namespace ravine
