#pragma once

namespace ravine::detail {

/// A place in an image, or a displacement.
struct Point {
  double x = 0, y = 0;
};

}  // namespace ravine::detail
