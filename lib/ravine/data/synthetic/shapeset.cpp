#include "ravine/data/synthetic/shapeset.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "ravine/core/digest.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/core/random.hpp"
#include "ravine/data/synthetic/polygons.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine {
namespace {

using detail::Point;
using detail::Polygon;
using detail::Rotation;

constexpr int kShapeSide = 32;
constexpr std::size_t kShapePixels = kShapeSide * kShapeSide;

// The parameters of the published generator.
constexpr std::array<int, 3> kCorners = {3, 4, 20};
constexpr double kLeastScale = 0.2, kGreatestScale = 0.8;
constexpr int kRotations = 255;  // directions of a full turn
constexpr std::uint32_t kDarkest = 0, kDark = 114, kLight = 140, kLightest = 255;
constexpr double kOverlap = 0.5;
constexpr int kRejections = 50;

struct Object {
  int kind = 0;     // index into kCorners
  double area = 0;  // in units of pi / 4 pixels
  Polygon corners;  // in pixels
  Point centre;
};

// A polygon turned before it is scaled becomes an irregular one: any triangle, parallelogram,
// ellipse. Turns beyond half the angle between corners count backwards.
double irregular_turns(RandomStream& random, int corners) {
  const int turn = static_cast<int>(random.below(static_cast<std::uint32_t>(kRotations / corners)));
  const bool backwards = turn > (kRotations - 1) / (2 * corners);
  const int index = backwards ? std::min(turn - (kRotations - 1) / corners, -1) : turn;
  return static_cast<double>(index) / kRotations;
}

// Keeps the polygon one pixel away from the border.
double draw_shift(RandomStream& random, const Polygon& polygon, double Point::*axis) {
  const auto [low, high] = detail::extent(polygon, axis);
  return random.uniform(std::max(0.0, 1 - low),
                        std::min(double{kShapeSide}, kShapeSide - 1 - high));
}

// The area of the regular polygon over that of its circle.
double area_ratio(int corners) {
  constexpr double kPi = 3.14159265358979323846;
  return corners * portable_cos_pi(2.0 / corners - 0.5) / (2 * kPi);
}

// Size and place of an object whose kind and directions are given.
void place(RandomStream& random, double turns, double direction, Object& object) {
  double sx = random.uniform(kLeastScale, kGreatestScale) * kShapeSide;
  double sy = random.uniform(kLeastScale, kGreatestScale) * kShapeSide;
  if (sy > sx) std::swap(sx, sy);
  const Rotation before = Rotation::by_turns(turns), after = Rotation::by_turns(direction);
  // Brings the base back to the horizontal.
  const Rotation back = Rotation::by_tangent(-sy / sx * (before.s / before.c));
  object.corners = detail::regular_polygon(kCorners[static_cast<std::size_t>(object.kind)]);
  for (Point& p : object.corners) {
    const Point turned = before(p);
    p = after(back({sx * turned.x, sy * turned.y}));
  }
  object.centre.x = draw_shift(random, object.corners, &Point::x);
  object.centre.y = draw_shift(random, object.corners, &Point::y);
  for (Point& p : object.corners) p = {p.x + object.centre.x, p.y + object.centre.y};
  object.area = sx * sy * area_ratio(kCorners[static_cast<std::size_t>(object.kind)]);
}

// How far a polygon reaches from its centre along a direction.
double reach(const Object& object, Point direction) {
  double farthest = 0;
  for (const Point& p : object.corners)
    farthest = std::max(
        farthest, (p.x - object.centre.x) * direction.x + (p.y - object.centre.y) * direction.y);
  return farthest;
}

// The generator's estimate of the share of `below` that `above` hides, from the line of centres.
bool hides_too_much(const Object& above, const Object& below) {
  const Point line = {above.centre.x - below.centre.x, above.centre.y - below.centre.y};
  const double distance = std::sqrt(line.x * line.x + line.y * line.y);
  if (distance == 0) return true;
  const Point unit = {line.x / distance, line.y / distance};
  const double reached = reach(below, unit) + reach(above, {-unit.x, -unit.y});
  if (reached < distance) return false;
  constexpr double kLn2 = 0.693147180559945309417;
  const double overlap = 1 - portable_exp(-kLn2 * (reached - distance) / distance);
  return above.area * overlap / below.area > kOverlap;
}

std::vector<Object> draw_objects(RandomStream& random) {
  std::vector<Object> objects(1 + random.below(2));
  for (std::size_t i = 0; i < objects.size(); ++i) {
    Object& object = objects[i];
    object.kind = static_cast<int>(random.below(kCorners.size()));
    const double turns = irregular_turns(random, kCorners[static_cast<std::size_t>(object.kind)]);
    const double direction = static_cast<double>(random.below(kRotations - 1)) / kRotations;
    place(random, turns, direction, object);
    int rejections = 0;
    while (i > 0 && rejections < kRejections && hides_too_much(object, objects[0])) {
      place(random, turns, direction, object);
      ++rejections;
    }
    if (rejections == kRejections) objects.resize(i);  // the generator gives up, too
  }
  return objects;
}

std::uint8_t draw_grey(RandomStream& random, bool light) {
  const std::uint32_t low = light ? kLight : kDarkest, high = light ? kLightest : kDark;
  return static_cast<std::uint8_t>(low + random.below(high - low + 1));
}

int class_of(const std::vector<Object>& objects) {
  constexpr int kTwo[3][3] = {{6, 3, 5}, {3, 7, 4}, {5, 4, 8}};
  if (objects.size() == 1) return objects[0].kind;
  return kTwo[objects[0].kind][objects[1].kind];
}

}  // namespace

int draw_shapes(std::uint64_t seed, std::uint64_t index,
                std::span<std::uint8_t, kShapePixels> pixels) {
  RandomStream random(seed, Purpose::kData, index);
  const bool light_objects = random.below(2) == 0;
  std::ranges::fill(pixels, draw_grey(random, !light_objects));
  const std::vector<Object> objects = draw_objects(random);
  for (const Object& object : objects)
    detail::fill_polygon(object.corners, draw_grey(random, light_objects), kShapeSide, pixels);
  return class_of(objects);
}

Dataset make_shapeset(std::uint64_t seed, std::size_t train, bool full) {
  constexpr std::size_t kTrain = 20000, kValidation = 2000, kTest = 2000;
  Dataset data;
  data.name = "shapeset";
  data.classes = 9;
  data.train = {0, train == 0 ? kTrain : train};
  data.validation = {data.train.end, data.train.end + kValidation};
  data.test = {data.validation.end, data.validation.end + kTest};
  Features& features = data.features;
  features.rows = data.test.end;
  features.cols = kShapePixels;
  features.shape = Shape::image(1, kShapeSide, kShapeSide);
  features.pixels.resize(features.rows * kShapePixels);
  features.shift = {127.5};
  features.scale = {1 / 127.5};
  data.labels.resize(features.rows);
  std::uint64_t part = 0;
  for (const Range& range : {data.train, data.validation, data.test}) {
    for (std::size_t i = range.begin; i < range.end; ++i)
      data.labels[i] = draw_shapes(
          seed, part << 32 | (i - range.begin),
          std::span<std::uint8_t, kShapePixels>(&features.pixels[i * kShapePixels], kShapePixels));
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
