#pragma once

#include <span>

#include "ravine/export.hpp"

namespace ravine {

// Elementary functions over whole spans, out[i] = f(in[i]). They use nothing of libm, and the bits
// of an element do not depend on its position, its neighbours or its address. `out` may be `in`
// itself but must not overlap it otherwise; both have one length. NaN gives NaN. Accurate to a few
// units in the last place. Thread-safe.

/// 0 where the result would not be a normal number.
RAVINE_EXPORT void exp(std::span<const float> in, std::span<float> out);
RAVINE_EXPORT void exp(std::span<const double> in, std::span<double> out);

/// Natural logarithm.
RAVINE_EXPORT void log(std::span<const float> in, std::span<float> out);
RAVINE_EXPORT void log(std::span<const double> in, std::span<double> out);

/// 1 / (1 + exp(-x)).
RAVINE_EXPORT void logistic(std::span<const float> in, std::span<float> out);
RAVINE_EXPORT void logistic(std::span<const double> in, std::span<double> out);

/// Hyperbolic tangent.
RAVINE_EXPORT void tanh(std::span<const float> in, std::span<float> out);
RAVINE_EXPORT void tanh(std::span<const double> in, std::span<double> out);

/// 1 - exp(-x) for x >= 0, with all its digits near 0.
RAVINE_EXPORT void one_minus_exp(std::span<const float> in, std::span<float> out);
RAVINE_EXPORT void one_minus_exp(std::span<const double> in, std::span<double> out);

/// log(1 + exp(-|x|)) = log(1 + exp(x)) - max(x, 0): what is left of the softplus function once its
/// exact part is taken away.
RAVINE_EXPORT void softplus_remainder(std::span<const float> in, std::span<float> out);
RAVINE_EXPORT void softplus_remainder(std::span<const double> in, std::span<double> out);

}  // namespace ravine
