#include <gtest/gtest.h>

#include <vector>

#include "data/small_sets.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

Real real(double value) { return static_cast<Real>(value); }

TEST(Gather, ScalesPixelsWithACommonFactor) {
  Features features{.rows = 3, .cols = 2, .pixels = {0, 255, 10, 20, 30, 40}};
  features.scale = {1.0 / 255};
  const Real s = real(1.0 / 255);
  EXPECT_EQ(gathered(features, {2, 0, 2}), (Reals{30 * s, 40 * s, 0, 255 * s, 30 * s, 40 * s}));
  features.shift = {100};
  EXPECT_EQ(gathered(features, {1}), (Reals{-90 * s, -80 * s}));
}

TEST(Gather, ShiftsAndScalesByColumn) {
  Features features{.rows = 2, .cols = 2, .dense = {1.5f, -2, 0.25f, 8}};
  features.shift = {1, -2};
  features.scale = {2, 0.5};
  EXPECT_EQ(gathered(features, {0, 1}), (Reals{1, 0, -1.5, 5}));
  features.shift = {0, 0};
  EXPECT_EQ(gathered(features, {0}), (Reals{3, -1}));
}

TEST(Gather, EveryWidthMatchesTheFormula) {
  for (std::size_t cols : {1u, 7u, 16u, 33u, 784u}) {
    Features features{.rows = 3, .cols = cols};
    features.scale = {1.0 / 255};
    for (std::size_t i = 0; i < 3 * cols; ++i)
      features.pixels.push_back(static_cast<std::uint8_t>(i * 37));
    const Reals out = gathered(features, {1, 2});
    for (std::size_t i = 0; i < out.size(); ++i)
      ASSERT_EQ(out[i], real(features.pixels[cols + i]) * real(1.0 / 255)) << cols << " " << i;
  }
}

TEST(Gather, RefusesSparseRows) {
  Features features{.rows = 1, .cols = 3};
  features.sparse = {.row_start = {0, 1}, .columns = {2}, .values = {1}};
  EXPECT_NE(refusal_of([&] { gathered(features, {0}); }), "");
}

}  // namespace
}  // namespace ravine
