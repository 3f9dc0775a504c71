#include "ravine/linalg/summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "ravine/core/random.hpp"

namespace ravine {
namespace {

std::vector<Real> normals(std::size_t count) {
  RandomStream stream(7, Purpose::kTest, count);
  std::vector<Real> values;
  while (values.size() < count) values.push_back(static_cast<Real>(3 + 2 * stream.normal()));
  return values;
}

TEST(Summary, AgreesWithSortingEverything) {
  for (const std::size_t count : {1u, 2u, 3u, 10u, 49u, 50u, 51u, 1000u}) {
    std::vector<Real> values = normals(count), sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const Summary summary = summarize(values);
    for (std::size_t i = 0; i < Summary::kShares.size(); ++i) {
      const double place = Summary::kShares[i] * static_cast<double>(count - 1);
      const auto low = static_cast<std::size_t>(place), high = std::min(low + 1, count - 1);
      const double share = place - static_cast<double>(low);
      EXPECT_NEAR(summary.quantiles[i], (1 - share) * sorted[low] + share * sorted[high], 1e-6);
    }
    long double sum = 0, squares = 0;
    for (const Real value : sorted) sum += value;
    const long double mean = sum / static_cast<long double>(count);
    for (const Real value : sorted) squares += (value - mean) * (value - mean);
    EXPECT_NEAR(summary.mean, static_cast<double>(mean), 1e-12);
    EXPECT_NEAR(summary.standard_deviation,
                static_cast<double>(std::sqrt(squares / static_cast<long double>(count))), 1e-12);
  }
}

// Many equal values and few values: shares fall on one place, and on places side by side.
TEST(Summary, IsTheSameOfEqualValues) {
  for (std::size_t count = 1; count < 130; ++count)
    for (const std::size_t kinds : {2u, 3u, 7u}) {
      std::vector<Real> values(count), sorted;
      RandomStream stream(7, Purpose::kTest, count);
      for (Real& value : values) value = static_cast<Real>(stream.below(kinds));
      sorted = values;
      std::sort(sorted.begin(), sorted.end());
      const Summary summary = summarize(values);
      for (std::size_t i = 0; i < Summary::kShares.size(); ++i) {
        const double place = Summary::kShares[i] * static_cast<double>(count - 1);
        const auto low = static_cast<std::size_t>(place), high = std::min(low + 1, count - 1);
        const double at_low = sorted[low], at_high = sorted[high];
        EXPECT_EQ(summary.quantiles[i],
                  at_low + (place - static_cast<double>(low)) * (at_high - at_low))
            << count << " values of " << kinds << ", share " << Summary::kShares[i];
      }
    }
}

TEST(Summary, DoesNotDependOnTheOrder) {
  std::vector<Real> values = normals(321), reversed(values.rbegin(), values.rend());
  EXPECT_EQ(summarize(values).quantiles, summarize(reversed).quantiles);
}

TEST(Summary, OfNothingOrOfNaNIsNaN) {
  std::vector<Real> values = {1, std::numeric_limits<Real>::quiet_NaN(), 2};
  for (const Summary& summary : {summarize(values), summarize({})}) {
    EXPECT_TRUE(std::isnan(summary.mean) && std::isnan(summary.standard_deviation));
    EXPECT_TRUE(std::isnan(summary.quantiles[3]));
  }
}

TEST(Summary, KeepsInfinities) {
  const Real infinity = std::numeric_limits<Real>::infinity();
  std::vector<Real> values = {1, infinity, 2, 3, infinity};
  const Summary summary = summarize(values);
  EXPECT_EQ(summary.quantiles[3], 3);
  EXPECT_EQ(summary.mean, infinity);
}

}  // namespace
}  // namespace ravine
