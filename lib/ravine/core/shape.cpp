#include "ravine/core/shape.hpp"

#include <utility>

#include "ravine/core/error.hpp"

namespace ravine {

Shape::Shape(std::vector<std::size_t> extents)
    : extents_(std::move(extents)), size_(extents_.empty() ? 0 : 1) {
  constexpr std::size_t kMost = std::size_t{1} << 40;
  for (const std::size_t extent : extents_) {
    if (extent == 0) fail("{} is empty: every extent of a shape must be at least 1", text());
    if (extent > kMost / size_) fail("{} is too large: a shape holds at most 2^40 numbers", text());
    size_ *= extent;
  }
}

std::string Shape::text() const {
  constexpr const char* kNames[] = {"shape", "vector", "sequence", "image"};
  return fmt::format("{}({})", kNames[rank() < 4 ? rank() : 0], fmt::join(extents_, ", "));
}

}  // namespace ravine
