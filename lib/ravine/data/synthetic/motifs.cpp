#include "ravine/data/synthetic/motifs.hpp"

#include <algorithm>
#include <array>

#include "ravine/core/digest.hpp"
#include "ravine/core/random.hpp"
#include "ravine/data/synthetic/polygons.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine {
namespace {

using detail::Point;
using detail::Rotation;

constexpr int kMotifSide = 32;
constexpr std::size_t kMotifPlane = kMotifSide * kMotifSide, kMotifPixels = 3 * kMotifPlane;
constexpr double kNoise = 12;

using Colour = std::array<double, 3>;

Colour draw_colour(RandomStream& random, double darkest, double lightest) {
  Colour colour;
  for (double& channel : colour) channel = random.uniform(darkest, lightest);
  return colour;
}

double size_of(double value) { return value < 0 ? -value : value; }

// In a frame where every shape has the radius 1; y points up.
bool is_inside(int shape, Point p) {
  const double x = size_of(p.x), y = size_of(p.y), square = p.x * p.x + p.y * p.y;
  switch (shape) {
    case 0:
      return square < 1;  // disc
    case 1:
      return std::max(x, y) < 0.8;  // square
    case 2:
      return p.y > -0.6 && 1.732 * x + p.y < 1;  // triangle
    case 3:
      return std::min(x, y) < 0.3 && std::max(x, y) < 1;  // cross
    default:
      return square < 1 && square > 0.25;  // ring
  }
}

// Whether a position lies in every second half of a period.
bool in_first_half(double position, double period) {
  const double halves = 2 * position / period + 1000;  // positive
  return static_cast<int>(halves) % 2 == 0;
}

struct Motif {
  int shape, texture;
  double radius, period;
  Point centre;
  Rotation turn, grain;
  Colour dark, light, left, right;

  explicit Motif(RandomStream& random) {
    shape = static_cast<int>(random.below(5));
    texture = static_cast<int>(random.below(2));
    radius = random.uniform(6, 10);
    centre.x = random.uniform(radius, kMotifSide - radius);
    centre.y = random.uniform(radius, kMotifSide - radius);
    turn = Rotation::by_turns(random.uniform(-1.0 / 12, 1.0 / 12));
    grain = Rotation::by_turns(random.uniform());
    period = random.uniform(3, 5);
    dark = draw_colour(random, 0, 110);
    light = draw_colour(random, 145, 255);
    left = draw_colour(random, 60, 195);
    right = draw_colour(random, 60, 195);
  }

  double at(int row, int col, std::size_t channel) const {
    const Point p{col + 0.5 - centre.x, centre.y - row - 0.5};
    const Point turned = turn({p.x / radius, p.y / radius});
    if (!is_inside(shape, turned)) {
      const double share = (col + 0.5) / kMotifSide;
      return left[channel] + (right[channel] - left[channel]) * share;
    }
    const Point grained = grain(p);
    bool first = in_first_half(grained.x, period);
    if (texture == 1) first ^= in_first_half(grained.y, period);
    return first ? dark[channel] : light[channel];
  }
};

}  // namespace

int draw_motif(std::uint64_t seed, std::uint64_t index,
               std::span<std::uint8_t, kMotifPixels> pixels) {
  RandomStream random(seed, Purpose::kData, index);
  const Motif motif(random);
  for (std::size_t channel = 0; channel < 3; ++channel)
    for (int row = 0; row < kMotifSide; ++row)
      for (int col = 0; col < kMotifSide; ++col) {
        const double value = motif.at(row, col, channel) + random.uniform(-kNoise, kNoise);
        pixels[channel * kMotifPlane + static_cast<std::size_t>(row * kMotifSide + col)] =
            static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
      }
  return 2 * motif.shape + motif.texture;
}

Dataset make_motifs(std::uint64_t seed, std::size_t train, bool full) {
  constexpr std::size_t kTrain = 8000, kValidation = 1000, kTest = 1000;
  Dataset data;
  data.name = "motifs";
  data.classes = 10;
  data.train = {0, train == 0 ? kTrain : train};
  data.validation = {data.train.end, data.train.end + kValidation};
  data.test = {data.validation.end, data.validation.end + kTest};
  Features& features = data.features;
  features.rows = data.test.end;
  features.cols = kMotifPixels;
  features.shape = Shape::image(3, kMotifSide, kMotifSide);
  features.pixels.resize(features.rows * kMotifPixels);
  features.scale = {1.0 / 255};
  data.labels.resize(features.rows);
  std::uint64_t part = 0;
  for (const Range& range : {data.train, data.validation, data.test}) {
    for (std::size_t i = range.begin; i < range.end; ++i)
      data.labels[i] = draw_motif(
          seed, part << 32 | (i - range.begin),
          std::span<std::uint8_t, kMotifPixels>(&features.pixels[i * kMotifPixels], kMotifPixels));
    ++part;
  }
  Sha256 digest;
  digest.update(as_text(features.pixels));
  digest.update(std::as_bytes(std::span(data.labels)));
  data.digest = digest.finish_hex();
  if (full) data.train.end = data.validation.begin = data.validation.end;
  return data;
}

}  // namespace ravine
