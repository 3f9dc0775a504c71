#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Draws an image of Shapeset-3x2 into 32 x 32 pixels and returns its class 0 ... 8.
///
/// One or two objects, each a triangle (T), a parallelogram (S) or an ellipse (E, a polygon of 20
/// vertices) in random shape, place, size, orientation and grey; the background is darker than
/// 0.45 and the objects lighter than 0.55 or, in every second image, the other way round. The
/// second object is drawn over the first and is redrawn, up to 50 times, while it would hide more
/// than half of it. Classes: T, S, E, TS, SE, TE, TT, SS, EE, with priors 1/6, 1/9 and 1/18.
///
/// Glorot and Bengio (2010), section 2.1, with the parameters of Glorot's published generator.
/// **Deviates:** a pixel is inside if its centre is (pygame also draws the outline), and the
/// overlap is judged from exact centres (there, rounded to pixels).
/// A pure function of (seed, index) that uses nothing of libm but the square root. Thread-safe.
RAVINE_EXPORT int draw_shapes(std::uint64_t seed, std::uint64_t index,
                              std::span<std::uint8_t, 1024> pixels);

/// A data set of such images: `train` examples (0 = 20 000), 2000 for validation and 2000 for test;
/// `full` adds the validation part to the training range. Pixels become 2 v / 255 - 1, as in the
/// paper, which draws new ones for ever. Example i of a part is the same whatever the sizes.
/// Half a second on one core. Thread-safe.
RAVINE_EXPORT Dataset make_shapeset(std::uint64_t seed, std::size_t train = 0, bool full = false);

}  // namespace ravine
