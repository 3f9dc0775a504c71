#include "ravine/data/synthetic/motifs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ravine {
namespace {

constexpr std::size_t kMotifPixels = 3072;
using Pixels = std::array<std::uint8_t, kMotifPixels>;

// Ten equal priors: each count within 4.5 standard deviations (this seed is fixed).
TEST(Motifs, ClassesAreEquallyLikely) {
  constexpr double kImages = 2000;
  std::array<double, 10> counts{};
  Pixels image;
  for (std::uint64_t i = 0; i < kImages; ++i)
    ++counts[static_cast<std::size_t>(draw_motif(0, i, image))];
  for (const double count : counts)
    EXPECT_NEAR(count, kImages / 10, 4.5 * std::sqrt(kImages * 0.1 * 0.9));
}

// The mean image of a class does not tell it from another: colours and places are random.
TEST(Motifs, PixelsAloneDoNotTellTheClass) {
  const Dataset data = make_motifs(1, 4000);
  std::array<std::array<double, kMotifPixels>, 10> mean{};
  std::array<double, 10> count{};
  for (std::size_t i = 0; i < 4000; ++i) {
    const auto label = static_cast<std::size_t>(data.labels[i]);
    ++count[label];
    for (std::size_t j = 0; j < kMotifPixels; ++j)
      mean[label][j] += data.features.pixels[i * kMotifPixels + j];
  }
  // A mean of 400 pixels, each with a deviation of about 60, is known to about 3.
  for (std::size_t j = 0; j < kMotifPixels; j += 97)
    for (std::size_t label = 0; label < 10; ++label)
      EXPECT_NEAR(mean[label][j] / count[label], 127.5, 25) << label << ' ' << j;
}

TEST(Motifs, ExamplesDoNotDependOnTheSizes) {
  const Dataset small = make_motifs(3, 20), large = make_motifs(3, 30);
  EXPECT_TRUE(std::equal(small.features.pixels.begin(),
                         small.features.pixels.begin() + 20 * kMotifPixels,
                         large.features.pixels.begin()));
  EXPECT_EQ(small.labels[small.test.begin + 5], large.labels[large.test.begin + 5]);
  EXPECT_EQ(small.features.row_shape(), Shape::image(3, 32, 32));
  const Dataset full = make_motifs(3, 20, true);
  EXPECT_EQ(full.train.size(), 1020u);
  EXPECT_EQ(full.validation.size(), 0u);
}

TEST(Motifs, KnownAnswer) {
  EXPECT_EQ(make_motifs(0, 200).digest,
            "7cd4ae218ec9fac7f92d051d46b9ade758623348a3db64e8b3daada8ab84f295");
}

}  // namespace
}  // namespace ravine
