#pragma once

#include <span>
#include <vector>

#include "ravine/data/synthetic/point.hpp"

namespace ravine::detail {

/// A spline passes through the points; it is closed if the last point repeats the first.
using Stroke = std::vector<Point>;
/// One way of writing a digit.
using Writing = std::vector<Stroke>;

/// The ways of writing digit 0 ... 9, in a box x in [-0.65, 0.65], y in [-1, 1] (downwards).
std::span<const Writing> writings(int digit);

}  // namespace ravine::detail
