#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "ravine/data/synthetic/point.hpp"

namespace ravine::detail {

/// The corners of a convex polygon, in order.
using Polygon = std::vector<Point>;

/// n corners on the circle of radius 1/2 around the origin, with a horizontal lower edge (y points
/// up).
Polygon regular_polygon(int corners);

/// A rotation by 2 pi `turns`, whose matrix acts on rows: (x, y) -> (x c - y s, x s + y c).
struct Rotation {
  double c = 1, s = 0;
  static Rotation by_turns(double turns);
  /// The rotation whose angle lies in (-pi / 2, pi / 2) and has this tangent.
  static Rotation by_tangent(double tangent);
  Point operator()(Point p) const { return {p.x * c - p.y * s, p.x * s + p.y * c}; }
};

/// The smallest and the largest coordinate along one axis.
std::pair<double, double> extent(const Polygon& polygon, double Point::*axis);

/// Sets the pixels of a square image, `side` wide, whose centres (column + 1/2, row + 1/2) lie in
/// the polygon, which lies inside the image.
void fill_polygon(const Polygon& polygon, std::uint8_t value, int side,
                  std::span<std::uint8_t> pixels);

}  // namespace ravine::detail
