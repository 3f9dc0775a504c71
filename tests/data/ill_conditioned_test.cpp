#include "ravine/data/synthetic/ill_conditioned.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ravine {
namespace {

constexpr std::size_t kFeatures = 100, kRows = 20000;

const Dataset& examples() {
  static const Dataset data = make_ill_conditioned(0, kRows);
  return data;
}

double feature(std::size_t row, std::size_t j) {
  return static_cast<double>(examples().features.dense[row * kFeatures + j]);
}

// Column j has the variance 1 / j, counted from 1: 4.5 standard errors.
TEST(IllConditioned, ColumnsShrinkAndAreUncorrelated) {
  for (const std::size_t j : {0, 1, 9, 99}) {
    double sum = 0, squares = 0, product = 0;
    for (std::size_t row = 0; row < kRows; ++row) {
      const double z = feature(row, j) * std::sqrt(static_cast<double>(j + 1));
      sum += z;
      squares += z * z;
      product += z * feature(row, 20) * std::sqrt(21.0);
    }
    const double error = 4.5 / std::sqrt(static_cast<double>(kRows));
    EXPECT_NEAR(sum / kRows, 0, error);
    EXPECT_NEAR(squares / kRows, 1, std::sqrt(2.0) * error);
    EXPECT_NEAR(product / kRows, 0, error);
  }
}

// E z_j (y - 1/2) = w_j E p (1 - p) for a logit of N(0, 4), 0.0303 by quadrature: 4.5 standard
// errors.
TEST(IllConditioned, EveryDirectionSaysTheSame) {
  const double error = 4.5 * 0.5 / std::sqrt(static_cast<double>(kRows));
  for (std::size_t j = 0; j < kFeatures; ++j) {
    double sum = 0;
    for (std::size_t row = 0; row < kRows; ++row)
      sum +=
          feature(row, j) * std::sqrt(static_cast<double>(j + 1)) * (examples().labels[row] - 0.5);
    EXPECT_NEAR(std::fabs(sum / kRows), 0.0303, error) << j;
  }
}

// With the signs estimated above as weights the classes are told apart about as well as can be:
// E max(p, 1 - p) for a logit of N(0, 4) is 0.778 by quadrature.
TEST(IllConditioned, TheClassesAreNoisy) {
  std::vector<double> w(kFeatures);
  for (std::size_t j = 0; j < kFeatures; ++j)
    for (std::size_t row = 0; row < kRows; ++row)
      w[j] +=
          feature(row, j) * std::sqrt(static_cast<double>(j + 1)) * (examples().labels[row] - 0.5);
  double right = 0, positive = 0;
  for (std::size_t row = 0; row < kRows; ++row) {
    double logit = 0;
    for (std::size_t j = 0; j < kFeatures; ++j)
      logit += std::copysign(1.0, w[j]) * feature(row, j) * std::sqrt(static_cast<double>(j + 1));
    right += (logit > 0) == (examples().labels[row] == 1);
    positive += examples().labels[row];
  }
  EXPECT_NEAR(right / kRows, 0.778, 0.02);
  EXPECT_NEAR(positive / kRows, 0.5, 0.03);
}

TEST(IllConditioned, ExamplesDoNotDependOnTheSizes) {
  const Dataset small = make_ill_conditioned(2, 30), large = make_ill_conditioned(2, 40);
  const auto row = [](const Dataset& data, std::size_t i) {
    return std::span(data.features.dense).subspan(i * kFeatures, kFeatures);
  };
  EXPECT_TRUE(std::ranges::equal(row(small, 29), row(large, 29)));
  for (std::size_t k = 0; k < 2000; ++k) {
    EXPECT_EQ(small.labels[small.test.begin + k], large.labels[large.test.begin + k]);
    EXPECT_TRUE(
        std::ranges::equal(row(small, small.test.begin + k), row(large, large.test.begin + k)));
  }
}

TEST(IllConditioned, KnownAnswer) {
  EXPECT_EQ(make_ill_conditioned(0, 500).digest,
            "c7a09c85cb348236cbf8feb54f67d815abc7fea70b6f42ca2f9a5c8111c70a10");
}

}  // namespace
}  // namespace ravine
