#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Draws one glyph into 28 x 28 pixels: digit 0 ... 9, warped, as a pen would write it.
///
/// The strokes of the digit (Catmull-Rom splines through hand-placed points) are jittered, bent by
/// a smooth random field (uniform cubic B-spline on a coarse grid), mapped by a random affine
/// transform, drawn with a pen of changing width and ink, and covered with noise.
/// A pure function of (seed, index, digit) that uses nothing of libm but the square root, so the
/// same pixels come from every compiler. Thread-safe.
RAVINE_EXPORT void draw_glyph(std::uint64_t seed, std::uint64_t index, int digit,
                              std::span<std::uint8_t, 784> pixels);

/// A data set of glyphs: `train` examples (0 = 10 000), 2000 for validation and 2000 for test,
/// classes in turn. Validation and test do not depend on `train`; `full` adds the validation part
/// to the training range. About half a second on one core. Throws
/// Error for more than a million. Thread-safe.
RAVINE_EXPORT Dataset make_glyphs(std::uint64_t seed, std::size_t train = 0, bool full = false);

}  // namespace ravine
