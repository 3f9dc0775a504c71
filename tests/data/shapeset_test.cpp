#include "ravine/data/synthetic/shapeset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "ravine/data/data_catalog.hpp"

namespace ravine {
namespace {

constexpr std::size_t kShapePixels = 1024;
using Image = std::array<std::uint8_t, kShapePixels>;

// Priors 1/6 (one object), 1/9 (two kinds), 1/18 (two of a kind): each count within 4.5 standard
// deviations, so a false alarm once in 15 000 seeds (this seed is fixed).
TEST(Shapeset, ClassesHaveTheirPriors) {
  constexpr double kImages = 9000;
  std::array<double, 9> counts{};
  Image image;
  for (std::uint64_t i = 0; i < kImages; ++i)
    ++counts[static_cast<std::size_t>(draw_shapes(0, i, image))];
  for (std::size_t label = 0; label < 9; ++label) {
    const double prior = label < 3 ? 1.0 / 6 : label < 6 ? 1.0 / 9 : 1.0 / 18;
    EXPECT_NEAR(counts[label], kImages * prior, 4.5 * std::sqrt(kImages * prior * (1 - prior)))
        << label;
  }
}

// Greys: background and objects on different sides of the gap [115, 139]; one object has one
// grey; the border of one pixel is background.
TEST(Shapeset, GreysAndBorderAreThoseOfTheGenerator) {
  Image image;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const int label = draw_shapes(1, i, image);
    const std::uint8_t background = image[0];
    std::set<std::uint8_t> greys(image.begin(), image.end());
    greys.erase(background);
    EXPECT_LE(greys.size(), label < 3 ? 1u : 2u);
    EXPECT_GE(greys.size(), 1u);
    for (const std::uint8_t grey : greys) {
      EXPECT_TRUE(grey <= 114 || grey >= 140);
      EXPECT_NE(grey <= 114, background <= 114);
    }
    for (std::size_t k = 0; k < 32; ++k)
      for (const std::size_t border : {k, 31 * 32 + k, 32 * k, 32 * k + 31})
        EXPECT_EQ(image[border], background);
  }
}

// A regular polygon of radius 1/2 has the area n / 8 sin(2 pi / n); the scales multiply it by 256
// on average, (0.5 * 32)^2, and rotations change nothing.
TEST(Shapeset, MeanAreasAreThoseOfTheScales) {
  constexpr double kPi = 3.14159265358979323846;
  std::array<double, 3> area{}, count{};
  Image image;
  for (std::uint64_t i = 0; i < 9000; ++i) {
    const auto label = static_cast<std::size_t>(draw_shapes(2, i, image));
    if (label > 2) continue;
    ++count[label];
    area[label] += static_cast<double>(
        std::ranges::count_if(image, [&](std::uint8_t v) { return v != image[0]; }));
  }
  const std::array<double, 3> corners = {3, 4, 20};
  for (std::size_t k = 0; k < 3; ++k) {
    const double share = corners[k] / 8 * std::sin(2 * kPi / corners[k]);  // of the unit box
    EXPECT_NEAR(area[k] / count[k], 256 * share, 0.06 * 256 * share) << k;
  }
}

TEST(Shapeset, ExamplesDoNotDependOnTheSizes) {
  const Dataset small = make_shapeset(3, 20), large = make_shapeset(3, 30);
  EXPECT_TRUE(std::equal(small.features.pixels.begin(),
                         small.features.pixels.begin() + 20 * kShapePixels,
                         large.features.pixels.begin()));
  EXPECT_EQ(small.labels[small.test.begin + 5], large.labels[large.test.begin + 5]);
  EXPECT_EQ(small.validation.size(), 2000u);
  const Dataset full = make_shapeset(3, 20, true);
  EXPECT_EQ(full.train.size(), 2020u);
  EXPECT_EQ(full.validation.size(), 0u);
}

TEST(Shapeset, PixelsBecomeMinusOneToOne) {
  const auto data = data_catalog().load({.name = "shapeset", .directory = "", .train = 20});
  std::vector<Real> x(kShapePixels);
  const std::int32_t first = 0;
  gather(data->features, std::span(&first, 1), x.data());
  for (std::size_t j = 0; j < kShapePixels; ++j)
    EXPECT_NEAR(x[j], 2 * data->features.pixels[j] / 255.0 - 1, 1e-6);
  const auto raw =
      data_catalog().load({.name = "shapeset", .directory = "", .scale = "none", .train = 20});
  gather(raw->features, std::span(&first, 1), x.data());
  EXPECT_EQ(x[0], raw->features.pixels[0]);
  EXPECT_NE(raw->digest, data->digest);
}

TEST(Shapeset, KnownAnswer) {
  EXPECT_EQ(make_shapeset(0, 500).digest,
            "7e836ce494b1ff93332ba03205821e1a64dd4a56111f1aca3d905e716fb40a7e");
}

}  // namespace
}  // namespace ravine
