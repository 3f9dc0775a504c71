// What scale= makes of the values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "data/small_sets.hpp"
#include "ravine/data/data_catalog.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

TEST(LoadDataset, StandardizeUsesTheTrainingRowsOnly) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 40; ++i) text += std::to_string(i * i) + ",0.1," + (i % 2 ? "a\n" : "b\n");
  const std::string name = folder.write("t.csv", text);
  const auto data = data_catalog().load({.name = name, .scale = "standardize", .train = 20});
  std::vector<std::int32_t> examples(20);
  std::iota(examples.begin(), examples.end(), 0);
  const Reals x = gathered(data->features, examples);
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    mean += static_cast<double>(x[2 * i]) / 20;
    square += static_cast<double>(x[2 * i]) * static_cast<double>(x[2 * i]) / 20;
    EXPECT_NEAR(static_cast<double>(x[2 * i + 1]), 0, 1e-8);  // a constant column
  }
  EXPECT_NEAR(mean, 0, 1e-6);
  EXPECT_NEAR(square, 1, 1e-5);
  EXPECT_EQ(data->features.scale[1], 1.0);
}

TEST(LoadDataset, PixelsAreStandardizedToo) {
  const auto data = data_catalog().load({.name = "glyphs", .scale = "standardize", .train = 300});
  std::vector<std::int32_t> examples(300);
  std::iota(examples.begin(), examples.end(), 0);
  const Reals x = gathered(data->features, examples);
  for (std::size_t j = 0; j < 784; j += 97) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < 300; ++i) {
      const double value = static_cast<double>(x[i * 784 + j]);
      mean += value / 300;
      square += value * value / 300;
    }
    EXPECT_NEAR(mean, 0, 1e-5) << j;
    EXPECT_NEAR(square, 1, 1e-4) << j;
  }
}

TEST(LoadDataset, TheRangeOfValuesIsThatOfWhatANetworkSees) {
  const auto glyphs = data_catalog().load({.name = "glyphs", .train = 20});
  EXPECT_EQ(value_range(glyphs->features), (std::pair<Real, Real>(0, 1)));  // 255 / 255, exactly
  Features features{.rows = 2, .cols = 2, .dense = {1.5f, -2, 0.25f, 8}};
  features.shift = {1, -2};
  features.scale = {2, 0.5};
  EXPECT_EQ(value_range(features), (std::pair<Real, Real>(-1.5, 5)));
  features.dense[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(value_range(features).first));
}

TEST(LoadDataset, BinaryImagesAreBlackAndWhite) {
  const auto grey = data_catalog().load({.name = "glyphs", .scale = "none", .train = 20});
  const auto binary = data_catalog().load({.name = "glyphs", .scale = "binary", .train = 20});
  const std::vector<std::int32_t> rows = {0, 1, 2};
  std::vector<Real> before(3 * 784), after(before.size());
  gather(grey->features, rows, before.data());
  gather(binary->features, rows, after.data());
  for (std::size_t i = 0; i < before.size(); ++i)
    ASSERT_EQ(after[i], before[i] >= 128 ? Real(1) : Real(0)) << before[i];
  EXPECT_NE(std::ranges::count(after, Real(1)), 0);
  EXPECT_NE(grey->digest, binary->digest);
  const TemporaryFolder folder;
  const std::string table = folder.write("t.csv", numbered_csv(30));
  expect_contains(refusal_of([&] { data_catalog().load({.name = table, .scale = "binary"}); }),
                  "scale=binary is for images");
}

}  // namespace
}  // namespace ravine
