#pragma once

#include <span>

#include "ravine/export.hpp"

namespace ravine {

// Elementary functions over whole spans, out[i] = f(in[i]). They use nothing of libm: the bits of
// an element are the same on every CPU and with every compiler, and do not depend on its position,
// its neighbours or its address. NaN gives NaN; infinities, zeros and subnormal numbers are treated
// as IEEE 754 and C say. `out` may be `in` itself but must not overlap it otherwise; both have one
// length. Thread-safe.
//
// Less than one unit in the last place from the exact value. The largest errors found, over all
// 2^32 floats (*: every 257th) and over 2 million doubles in the hard regions and of all sizes;
// tests/core/math_test.cpp tries all floats and 10^8 doubles with RAVINE_EXHAUSTIVE=1:
//
//            exp   log   logistic   tanh   one_minus_exp   softplus_remainder
//   float   .981  .840       .972   .751            .769*                .850*
//   double  .958  .820       .963   .759            .800                 .860

/// exp(x).
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
