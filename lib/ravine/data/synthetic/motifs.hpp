#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Draws a motif in colour into 3 x 32 x 32 pixels, channel by channel, and returns its class 0 ...
/// 9: 2 shape + texture.
///
/// One of five shapes (disc, square, triangle, cross, ring) of radius 6 to 10 pixels, turned by up
/// to 30 degrees, lies anywhere inside the image and is filled with one of two textures (stripes,
/// checks) of random direction and period, 3 to 5 pixels, in a dark and a light colour. The
/// background runs from one colour to another, and every pixel has noise of its own. So neither a
/// colour nor the value of any one pixel tells the class: only edges do, wherever they are.
/// A pure function of (seed, index) that uses nothing of libm. Thread-safe.
RAVINE_EXPORT int draw_motif(std::uint64_t seed, std::uint64_t index,
                             std::span<std::uint8_t, 3072> pixels);

/// A data set of motifs, image(3, 32, 32): `train` examples (0 = 8000), 1000 for validation and
/// 1000 for test; `full` adds the validation part to the training range. Pixels are divided by 255.
/// Example i of a part is the same whatever the sizes. Half a second on one core. Thread-safe.
RAVINE_EXPORT Dataset make_motifs(std::uint64_t seed, std::size_t train = 0, bool full = false);

}  // namespace ravine
