#pragma once

#include <limits>
#include <span>

#include "ravine/core/parallel.hpp"
#include "ravine/core/real.hpp"

namespace ravine {

// The few vector updates of the second-order methods. Elementwise, so no bit depends on threads.

/// out = x + a d; `out` may be `x` itself.
void add_scaled(Threads threads, std::span<const Real> x, double a, std::span<const Real> d,
                std::span<Real> out);
/// out = a x + b y; `out` may be `x` or `y` itself.
void combine(Threads threads, double a, std::span<const Real> x, double b, std::span<const Real> y,
             std::span<Real> out);
/// x <- a x.
void scale(Threads threads, double a, std::span<Real> x);
/// Below this share of the loss, or of the parameters, a change is rounding.
inline constexpr double kRounding = 100 * static_cast<double>(std::numeric_limits<Real>::epsilon());
/// max_i |x_i|; NaN if an element is NaN.
double largest_magnitude(std::span<const Real> x);

}  // namespace ravine
