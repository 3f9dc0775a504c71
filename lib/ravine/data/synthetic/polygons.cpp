#include "ravine/data/synthetic/polygons.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "ravine/core/portable.hpp"

namespace ravine::detail {
namespace {

double cos_turns(double turns) { return portable_cos_pi(2 * turns); }
double sin_turns(double turns) { return portable_cos_pi(2 * turns - 0.5); }

// Twice the signed area of the triangle a, b, p: positive if p is to the left of a -> b.
double side_of(Point a, Point b, Point p) {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

bool contains(const Polygon& polygon, Point p) {
  bool left = false, right = false;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const double side = side_of(polygon[i], polygon[(i + 1) % polygon.size()], p);
    left = left || side > 0;
    right = right || side < 0;
  }
  return !(left && right);
}

}  // namespace

Polygon regular_polygon(int corners) {
  Polygon polygon;
  for (int k = 0; k < corners; ++k) {
    const double turns = (k + 0.5) / corners + 0.25;
    polygon.push_back({0.5 * cos_turns(turns), 0.5 * sin_turns(turns)});
  }
  return polygon;
}

Rotation Rotation::by_turns(double turns) { return {cos_turns(turns), sin_turns(turns)}; }

Rotation Rotation::by_tangent(double tangent) {
  const double c = 1 / std::sqrt(1 + tangent * tangent);
  return {c, tangent * c};
}

std::pair<double, double> extent(const Polygon& polygon, double Point::*axis) {
  double low = polygon[0].*axis, high = low;
  for (const Point& p : polygon) {
    low = std::min(low, p.*axis);
    high = std::max(high, p.*axis);
  }
  return {low, high};
}

void fill_polygon(const Polygon& polygon, std::uint8_t value, int side,
                  std::span<std::uint8_t> pixels) {
  const auto [left, right] = extent(polygon, &Point::x);
  const auto [top, bottom] = extent(polygon, &Point::y);
  assert(left >= 0 && right <= side && top >= 0 && bottom <= side);
  for (int row = static_cast<int>(top); row < bottom; ++row)
    for (int column = static_cast<int>(left); column < right; ++column)
      if (contains(polygon, {column + 0.5, row + 0.5}))
        pixels[static_cast<std::size_t>(row * side + column)] = value;
}

}  // namespace ravine::detail
