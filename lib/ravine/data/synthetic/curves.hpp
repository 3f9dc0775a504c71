#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Draws one curve into 28 x 28 pixels: a thin soft line that six random numbers determine.
///
///   c(t) = (1 - t)^2 p0 + 2 t (1 - t) p1 + t^2 p2,  p0, p1, p2 ~ U([0.5 - b, 0.5 + b]^2)
///   ink(x) = exp(-d(x)^2 / (2 s^2)),  d = distance of the pixel's centre to the curve
///
/// In place of the CURVES images of Hinton and Salakhutdinov (2006), "generated from three randomly
/// chosen points"; their pen is unpublished. b = 0.264 (in units of the side) and s = 1 pixel were
/// chosen for two published numbers: 7.64, the squared error of reconstruction from six principal
/// components (2006), and 16, that of the mean image, where training that fails stays (Sutskever et
/// al. 2013, Table 3).
/// A pure function of (seed, index) that uses nothing of libm but the square root. Thread-safe.
RAVINE_EXPORT void draw_curve(std::uint64_t seed, std::uint64_t index,
                              std::span<std::uint8_t, 784> pixels);

/// A data set of curves: `train` examples (0 = 20 000) and half as many for test, at least 1000 and
/// at most 10 000; no validation part, neither labels nor targets (it is made for autoencoders).
/// Example i of a part is the same whatever the sizes. About a second on one core. Thread-safe.
RAVINE_EXPORT Dataset make_curves(std::uint64_t seed, std::size_t train = 0);

}  // namespace ravine
