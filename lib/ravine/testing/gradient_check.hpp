#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ravine/core/objective.hpp"
#include "ravine/export.hpp"

namespace ravine {

struct GradientCheckOptions {
  std::size_t samples = 0;       // coordinates that are checked, drawn at random; 0 = all
  double step = 1e-5;            // h = step * max(1, |theta_i|)
  double smallest_share = 1e-3;  // see GradientCheck
  std::uint64_t seed = 0;
};

/// The worst coordinate of a gradient:
///
///   error_i = |g_i - n_i| / max(|g_i|, |n_i|, smallest_share * max_j |g_j|),
///   n_i = (L(theta + h e_i) - L(theta - h e_i)) / (2 h)
///
/// The last term keeps coordinates that are almost zero from dividing rounding by nothing.
struct GradientCheck {
  double max_relative_error = 0;
  std::size_t index = 0;             // where
  double analytic = 0, numeric = 0;  // g and n there
};

/// Compares the gradient of an objective with central differences of its loss. Only meaningful in
/// the double library (float leaves about 3 digits). An objective with a kink within h of theta
/// fails rightly. Throws Error if the gradient is zero or not finite.
RAVINE_EXPORT GradientCheck check_gradient(Objective& objective, std::span<const Real> theta,
                                           const GradientCheckOptions& options = {});

/// How far a Hessian-vector product is from the central difference of the gradient:
///
///   |H v - n|_2 / |n|_2,   n = (g(theta + h v) - g(theta - h v)) / (2 h),   h = step / |v|_2
///
/// Only meaningful in the double library. Throws Error if n is zero or not finite.
RAVINE_EXPORT double check_hessian_vector(Objective& objective, std::span<const Real> theta,
                                          std::span<const Real> v, double step = 1e-5);

}  // namespace ravine
