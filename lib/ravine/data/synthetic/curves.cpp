#include "ravine/data/synthetic/curves.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "ravine/core/digest.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/core/random.hpp"
#include "ravine/data/synthetic/point.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine {
namespace {

using detail::Point;

constexpr int kCurveSide = 28;
constexpr std::size_t kCurvePixels = kCurveSide * kCurveSide;
constexpr double kHalfBox = 0.264 * kCurveSide;  // b
constexpr double kPenWidth = 1.0;                // s
// Beyond it the ink is below half a grey level: exp(-kReach^2 / (2 s^2)) < 1 / 510.
constexpr double kReach = 3.54 * kPenWidth;
// The polyline strays from the curve by less than |p0 - 2 p1 + p2| / (4 kSegments^2) < 0.02 pixels.
constexpr int kSegments = 20;

Point draw_point(RandomStream& random) {
  const double low = kCurveSide / 2.0 - kHalfBox, high = kCurveSide / 2.0 + kHalfBox;
  const double x = random.uniform(low, high);
  return {x, random.uniform(low, high)};
}

// The smallest squared distance of every pixel's centre to the segments drawn so far.
class Distances {
 public:
  Distances() { squares_.fill(kReach * kReach); }

  void segment(Point a, Point b) {
    const auto [left, right] = pixels_within(std::min(a.x, b.x), std::max(a.x, b.x));
    const auto [top, bottom] = pixels_within(std::min(a.y, b.y), std::max(a.y, b.y));
    const Point along = {b.x - a.x, b.y - a.y};
    const double length2 = std::max(along.x * along.x + along.y * along.y, 1e-12);
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x) {
        const Point to = {x + 0.5 - a.x, y + 0.5 - a.y};
        const double t = std::clamp((to.x * along.x + to.y * along.y) / length2, 0.0, 1.0);
        const Point away = {to.x - t * along.x, to.y - t * along.y};
        double& nearest = squares_[static_cast<std::size_t>(y * kCurveSide + x)];
        nearest = std::min(nearest, away.x * away.x + away.y * away.y);
      }
  }

  std::uint8_t ink(std::size_t pixel) const {
    if (squares_[pixel] >= kReach * kReach) return 0;
    const double ink = portable_exp(-squares_[pixel] / (2 * kPenWidth * kPenWidth));
    return static_cast<std::uint8_t>(255 * ink + 0.5);
  }

 private:
  struct PixelRange {
    int begin, end;
  };
  static PixelRange pixels_within(double low, double high) {
    return {std::max(0, static_cast<int>(low - kReach)),
            std::min(kCurveSide, static_cast<int>(high + kReach) + 1)};
  }
  std::array<double, kCurvePixels> squares_;
};

}  // namespace

void draw_curve(std::uint64_t seed, std::uint64_t index,
                std::span<std::uint8_t, kCurvePixels> pixels) {
  RandomStream random(seed, Purpose::kData, index);
  const Point p0 = draw_point(random), p1 = draw_point(random), p2 = draw_point(random);
  const auto curve = [&](double t) {
    const double a = (1 - t) * (1 - t), b = 2 * t * (1 - t), c = t * t;
    return Point{a * p0.x + b * p1.x + c * p2.x, a * p0.y + b * p1.y + c * p2.y};
  };
  Distances distances;
  for (int piece = 0; piece < kSegments; ++piece)
    distances.segment(curve(static_cast<double>(piece) / kSegments),
                      curve(static_cast<double>(piece + 1) / kSegments));
  for (std::size_t i = 0; i < kCurvePixels; ++i) pixels[i] = distances.ink(i);
}

Dataset make_curves(std::uint64_t seed, std::size_t train) {
  constexpr std::size_t kTrain = 20000, kLeastTest = 1000, kMostTest = 10000;
  if (train == 0) train = kTrain;
  Dataset data;
  data.name = "curves";
  data.train = {0, train};
  data.validation = {train, train};
  data.test = {train, train + std::clamp(train / 2, kLeastTest, kMostTest)};
  Features& features = data.features;
  features.rows = data.test.end;
  features.cols = kCurvePixels;
  features.shape = Shape::image(1, kCurveSide, kCurveSide);
  features.pixels.resize(features.rows * kCurvePixels);
  features.scale = {1.0 / 255};
  for (std::size_t i = 0; i < features.rows; ++i) {
    const std::uint64_t part = i < train ? 0 : 1;
    draw_curve(
        seed, part << 32 | (i - part * train),
        std::span<std::uint8_t, kCurvePixels>(&features.pixels[i * kCurvePixels], kCurvePixels));
  }
  data.digest = sha256_hex(as_text(features.pixels));
  return data;
}

}  // namespace ravine
