#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ravine/export.hpp"

namespace ravine {

/// A view of the images in the bytes of an IDX file: count x (rows * cols) pixels, row by row.
struct IdxImages {
  std::size_t count = 0, rows = 0, cols = 0;
  std::span<const std::uint8_t> pixels;
};

/// Reads IDX images (LeCun, Cortes, Burges, MNIST): big-endian magic 2051, count, rows, cols, then
/// the pixels as uint8. The result points into `bytes`; nothing is allocated.
/// Throws Error naming `name` unless the header is right and the byte count is exactly what it
/// promises. Thread-safe.
RAVINE_EXPORT IdxImages parse_idx_images(std::span<const std::uint8_t> bytes,
                                         std::string_view name);

/// Reads IDX labels: big-endian magic 2049, count, then one uint8 per label. As above.
RAVINE_EXPORT std::span<const std::uint8_t> parse_idx_labels(std::span<const std::uint8_t> bytes,
                                                             std::string_view name);

}  // namespace ravine
