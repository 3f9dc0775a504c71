#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// The shape of one example, or of what a layer makes of it; its elements are stored row by row,
/// the last extent running fastest. Rank 1 is a vector, 2 a sequence of vectors, 3 an image, as
/// data sets store it: (channels, height, width). A default-made shape has rank 0 and no elements.
class RAVINE_EXPORT Shape {
 public:
  Shape() = default;
  /// Throws Error if an extent is 0, or if the product exceeds 2^40.
  explicit Shape(std::vector<std::size_t> extents);
  static Shape vector(std::size_t n) { return Shape({n}); }
  static Shape sequence(std::size_t length, std::size_t features) {
    return Shape({length, features});
  }
  static Shape image(std::size_t channels, std::size_t height, std::size_t width) {
    return Shape({channels, height, width});
  }

  std::size_t rank() const { return extents_.size(); }
  std::size_t operator[](std::size_t i) const { return extents_[i]; }
  /// The number of elements: the product of the extents.
  std::size_t size() const { return size_; }
  /// vector(10), sequence(64, 128), image(3, 32, 32), shape(2, 3, 4, 5).
  std::string text() const;
  bool operator==(const Shape&) const = default;

 private:
  std::vector<std::size_t> extents_;
  std::size_t size_ = 0;
};

}  // namespace ravine
