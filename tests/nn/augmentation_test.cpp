#include "ravine/nn/layers/augmentation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "linalg/random_matrix.hpp"
#include "nn/network_objective.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

constexpr std::size_t kImageCount = 500;

// What a layer makes of random images with values in [0, 1).
struct Augmented {
  RandomMatrix x, y;
  Augmented(const Layer& layer, const Pass& pass)
      : x(kImageCount, layer.inputs(), 11), y(kImageCount, layer.inputs(), 12) {
    RandomStream stream(3, Purpose::kTest);
    for (Real& value : x.view().elements()) value = static_cast<Real>(stream.uniform());
    layer.forward(pass, {}, {.x = {.dense = x.view()}, .y = y.view(), .statistics = {}});
  }
  std::vector<Real> in(std::size_t i) { return {x.view().row(i).begin(), x.view().row(i).end()}; }
  std::vector<Real> out(std::size_t i) { return {y.view().row(i).begin(), y.view().row(i).end()}; }
  std::vector<Real> all() { return {y.view().elements().begin(), y.view().elements().end()}; }
};

Pass training_pass(std::int64_t step = 5, int threads = 1) {
  return {.threads = {threads}, .training = true, .seed = 3, .step = step};
}

// Of n draws with probability p, so many lie within 4.5 standard deviations.
void expect_share(int count, std::size_t n, double p) {
  const double mean = static_cast<double>(n) * p;
  EXPECT_NEAR(count, mean, 4.5 * std::sqrt(mean * (1 - p)));
}

TEST(Augmentation, CropsAreAllWindowsOfThePaddedImage) {
  const std::size_t channels = 2, height = 5, width = 4, padding = 2;
  Augmented images(RandomCrop(0, Shape::image(channels, height, width), padding), training_pass());
  std::map<std::vector<Real>, int> found;
  for (std::size_t i = 0; i < kImageCount; ++i) {
    const std::vector<Real> x = images.in(i), y = images.out(i);
    int windows = 0;
    for (int down = -2; down <= 2; ++down)
      for (int right = -2; right <= 2; ++right) {
        bool equal = true;
        for (int r = 0; r < 5; ++r)
          for (int q = 0; q < 4; ++q)
            for (int c = 0; c < 2; ++c) {
              const int row = r + down, column = q + right;
              const bool inside = row >= 0 && row < 5 && column >= 0 && column < 4;
              const auto at = [](int a, int b, int k) {
                return static_cast<std::size_t>((a * 4 + b) * 2 + k);
              };
              equal &= y[at(r, q, c)] == (inside ? x[at(row, column, c)] : Real(0));
            }
        if (!equal) continue;
        ++windows;
        ++found[{static_cast<Real>(down), static_cast<Real>(right)}];
      }
    ASSERT_EQ(windows, 1) << i;
  }
  EXPECT_EQ(found.size(), 25u);
  for (const auto& [place, count] : found) expect_share(count, kImageCount, 1.0 / 25);
}

TEST(Augmentation, CropsMayLeaveTheImage) {
  Augmented images(RandomCrop(0, Shape::image(1, 2, 2), 5), training_pass());
  int empty = 0;
  for (std::size_t i = 0; i < kImageCount; ++i)
    empty += images.out(i) == std::vector<Real>(4, Real(0)) ? 1 : 0;
  expect_share(empty, kImageCount, 1 - 9.0 / 121);
}

TEST(Augmentation, HalfOfTheImagesAreMirrored) {
  Augmented images(RandomFlip(0, Shape::image(3, 4, 5)), training_pass());
  int mirrored = 0;
  for (std::size_t i = 0; i < kImageCount; ++i) {
    const std::vector<Real> x = images.in(i), y = images.out(i);
    std::vector<Real> mirror;
    for (int row = 0; row < 4; ++row)
      for (int column = 4; column >= 0; --column)
        for (int c = 0; c < 3; ++c)
          mirror.push_back(x[static_cast<std::size_t>((row * 5 + column) * 3 + c)]);
    ASSERT_TRUE(y == x || y == mirror) << i;
    mirrored += y == mirror ? 1 : 0;
  }
  expect_share(mirrored, kImageCount, 0.5);
}

// Foley et al. (1990), section 13.3.4: hue in [0, 6), saturation and value.
struct Hsv {
  double hue, saturation, value;
  explicit Hsv(const Real* rgb) {
    const double r = rgb[0], g = rgb[1], b = rgb[2];
    value = std::max({r, g, b});
    const double range = value - std::min({r, g, b});
    saturation = value > 0 ? range / value : 0;
    hue = range == 0   ? 0
          : value == r ? std::fmod((g - b) / range + 6, 6)
          : value == g ? (b - r) / range + 2
                       : (r - g) / range + 4;
  }
};

constexpr double kColourTolerance = sizeof(Real) == 4 ? 2e-4 : 1e-11;
const Shape kColoured = Shape::image(3, 4, 5);

// The smallest and the greatest lie near the ends of the range.
void expect_range(const std::vector<double>& drawn, double low, double high) {
  const auto [least, greatest] = std::ranges::minmax(drawn);
  EXPECT_GE(least, low - kColourTolerance);
  EXPECT_LE(least, low + 0.03 * (high - low));
  EXPECT_LE(greatest, high + kColourTolerance);
  EXPECT_GE(greatest, high - 0.03 * (high - low));
}

TEST(Augmentation, BrightnessMovesAllChannels) {
  Augmented images(RandomColor(0, kColoured, {.brightness = 0.25}), training_pass());
  std::vector<double> drawn;
  for (std::size_t i = 0; i < kImageCount; ++i) {
    const std::vector<Real> x = images.in(i), y = images.out(i);
    const Real moved = y[0] - x[0];
    for (std::size_t j = 0; j < x.size(); ++j) ASSERT_NEAR(y[j] - x[j], moved, kColourTolerance);
    drawn.push_back(moved);
  }
  expect_range(drawn, -0.25, 0.25);
}

TEST(Augmentation, SaturationKeepsHueAndValue) {
  Augmented images(RandomColor(0, kColoured, {.saturation = 0.5}), training_pass());
  std::vector<double> drawn;
  for (std::size_t i = 0; i < kImageCount; ++i) {
    const std::vector<Real> x = images.in(i), y = images.out(i);
    double factor = 0;  // of the least saturated pixel, which does not end at 1
    double least = 2;
    for (std::size_t p = 0; p < x.size(); p += 3)
      if (const Hsv before(&x[p]); before.saturation < least) {
        least = before.saturation;
        factor = Hsv(&y[p]).saturation / before.saturation;
      }
    for (std::size_t p = 0; p < x.size(); p += 3) {
      const Hsv before(&x[p]), after(&y[p]);
      ASSERT_NEAR(after.value, before.value, kColourTolerance);
      ASSERT_NEAR(after.saturation, std::min(1.0, factor * before.saturation), kColourTolerance);
      ASSERT_NEAR(std::sin(after.hue - before.hue), 0, 50 * kColourTolerance);
    }
    drawn.push_back(factor);
  }
  expect_range(drawn, 0.5, 1.5);
}

TEST(Augmentation, ContrastStretchesAboutTheMeanOfEachChannel) {
  Augmented images(RandomColor(0, kColoured, {.contrast = 0.8}), training_pass());
  std::vector<double> drawn;
  for (std::size_t i = 0; i < kImageCount; ++i) {
    const std::vector<Real> x = images.in(i), y = images.out(i);
    double factor = NAN;
    for (std::size_t c = 0; c < 3; ++c) {
      double mean = 0;
      for (std::size_t j = c; j < x.size(); j += 3) mean += x[j] / 20.0;
      if (c == 0) factor = (y[0] - y[3]) / static_cast<double>(x[0] - x[3]);
      if (std::abs(x[0] - x[3]) < 0.05) continue;  // the factor is not known well
      for (std::size_t j = c; j < x.size(); j += 3)
        ASSERT_NEAR(y[j], mean + factor * (x[j] - mean), 10 * kColourTolerance) << i;
    }
    if (std::abs(x[0] - x[3]) >= 0.05) drawn.push_back(factor);
  }
  expect_range(drawn, 0.2, 1.8);
}

TEST(Augmentation, IsAFunctionOfSeedStepLayerAndRow) {
  const Shape shape = kColoured;
  std::vector<std::unique_ptr<Layer>> layers;
  layers.push_back(std::make_unique<RandomCrop>(0, shape, 2));
  layers.push_back(std::make_unique<RandomFlip>(0, shape));
  layers.push_back(std::make_unique<RandomColor>(0, shape, RandomColor::Ranges{.contrast = 0.5}));
  for (const auto& layer : layers) {
    const std::vector<Real> once = Augmented(*layer, training_pass()).all();
    EXPECT_EQ(once, Augmented(*layer, training_pass()).all()) << layer->name();
    EXPECT_EQ(once, Augmented(*layer, training_pass(5, 2)).all()) << layer->name();
    EXPECT_NE(once, Augmented(*layer, training_pass(6)).all()) << layer->name();
    Pass other = training_pass();
    other.seed = 4;
    EXPECT_NE(once, Augmented(*layer, other).all()) << layer->name();
    Augmented measured(*layer, {.threads = {1}, .training = false, .seed = 3, .step = 5});
    for (std::size_t i = 0; i < kImageCount; ++i) ASSERT_EQ(measured.out(i), measured.in(i));
  }
  EXPECT_NE(Augmented(RandomFlip(0, shape), training_pass()).all(),
            Augmented(RandomFlip(1, shape), training_pass()).all());
}

TEST(Augmentation, StandsInFrontAndNeedsImages) {
  const auto refusal = [](const Shape& shape, const char* layers) {
    TestNetwork net(shape.size(), layers, 3);
    net.options.input = shape;
    return refusal_of([&] { net.make(); });
  };
  EXPECT_EQ(refusal(kColoured, "conv(3) random_flip dense"),
            "random_flip stands behind weights, but no derivative passes through it: put it in "
            "front");
  EXPECT_EQ(refusal(Shape::image(1, 4, 5), "random_color dense"),
            "random_color needs images of 3 channels, but these have 1");
  EXPECT_NE(refusal(Shape::vector(20), "random_crop dense").find("random_crop"), std::string::npos);
}

}  // namespace
}  // namespace ravine
