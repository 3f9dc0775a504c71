#pragma once

#include <cstdint>

#include "ravine/export.hpp"

namespace ravine {

// Elementary functions from IEEE operations and fixed series, for numbers that reach a result:
// libm's last bits differ between versions. Relative error a few 1e-16. Scalar and thread-safe.

/// log(x) for finite x > 0.
RAVINE_EXPORT double portable_log(double x);

/// exp(x); infinity above 709.78, 0 below -745.2.
RAVINE_EXPORT double portable_exp(double x);

/// base^exponent for finite base > 0.
RAVINE_EXPORT double portable_power(double base, double exponent);

/// cos(pi x) for finite x. The period is reduced exactly: zeros, ones and signs are exact.
RAVINE_EXPORT double portable_cos_pi(double x);

/// base^n for n >= 0 by repeated squaring.
RAVINE_EXPORT double integer_power(double base, std::int64_t n);

}  // namespace ravine
