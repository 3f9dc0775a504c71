#include "ravine/linalg/stats.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/random_matrix.hpp"

namespace ravine {
namespace {

TEST(Stats, AgreeWithTheDefinitions) {
  for (std::size_t size : {0, 1, 7, 8, 9, 1000, 50001}) {
    RandomMatrix a(1, size, 1), b(1, size, 2);
    long double dot_ab = 0, sum_a = 0, distance = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const long double x = a.elements()[i], y = b.elements()[i];
      dot_ab += x * y;
      sum_a += x;
      distance += (x - y) * (x - y);
    }
    const double tolerance = 1e-11 * static_cast<double>(size + 1);
    EXPECT_NEAR(dot({1}, a.elements(), b.elements()), static_cast<double>(dot_ab), tolerance);
    EXPECT_NEAR(sum({1}, a.elements()), static_cast<double>(sum_a), tolerance);
    EXPECT_NEAR(squared_distance({1}, a.elements(), b.elements()), static_cast<double>(distance),
                tolerance);
    EXPECT_EQ(squared_norm({1}, a.elements()), dot({1}, a.elements(), a.elements()));
  }
}

TEST(Stats, FusedSumHasTheBitsOfTwoPasses) {
  for (std::size_t size : {1, 7, 8, 9, 1000, 50001})
    for (int threads : {1, 3}) {
      RandomMatrix x(1, size, 1), d(1, size, 2), y(1, size, 3);
      std::vector<Real> moved(x.elements().begin(), x.elements().end());
      for (std::size_t i = 0; i < size; ++i) moved[i] += Real(0.5) * d.elements()[i];
      EXPECT_EQ(add_scaled_dot({threads}, x.view().elements(), 0.5, d.elements(), y.elements()),
                dot({1}, moved, y.elements()));
      EXPECT_TRUE(std::ranges::equal(x.elements(), moved));
    }
}

TEST(Stats, SameBitsForAnyThreadsAndAddress) {
  constexpr std::size_t kSize = 100003;
  RandomMatrix a(1, kSize, 1), b(1, kSize, 2);
  const double first = dot({1}, a.elements(), b.elements());
  for (int threads : {1, 2, 3, 4})
    for (std::size_t shift : {0, 1, 5}) {
      RandomMatrix shifted(1, kSize, 1, shift);
      EXPECT_EQ(dot({threads}, shifted.elements(), b.elements()), first);
    }
}

TEST(Stats, ColumnSumsAndMoments) {
  constexpr std::size_t kRows = 500, kCols = 130;
  RandomMatrix x(kRows, kCols, 1);
  for (Real& value : x.view().elements()) value = 1000 + 2 * value;  // a large mean: two passes
  std::vector<Real> sums(kCols, 5);
  std::vector<double> mean(kCols), variance(kCols);
  add_column_sums({1}, x.view(), sums);
  column_moments({1}, x.view(), mean, variance);
  for (std::size_t j = 0; j < kCols; ++j) {
    long double total = 0, squares = 0;
    for (std::size_t i = 0; i < kRows; ++i) total += x.view()(i, j);
    for (std::size_t i = 0; i < kRows; ++i)
      squares += std::pow(x.view()(i, j) - total / kRows, 2.0L);
    ASSERT_NEAR(sums[j], static_cast<double>(5 + total), 1e-6 * 500000);
    ASSERT_NEAR(mean[j], static_cast<double>(total / kRows), 1e-9);
    ASSERT_NEAR(variance[j], static_cast<double>(squares / kRows), 1e-9);
  }
  for (int threads : {2, 3, 4}) {
    std::vector<double> again(kCols), spread(kCols);
    column_moments({threads}, x.view(), again, spread);
    EXPECT_EQ(again, mean);
    EXPECT_EQ(spread, variance);
  }
}

}  // namespace
}  // namespace ravine
