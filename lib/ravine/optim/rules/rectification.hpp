#pragma once

#include <cmath>
#include <cstdint>

#include "ravine/core/portable.hpp"

namespace ravine {

/// How far a mean square of t squares may be trusted: the length rho of the average that it amounts
/// to, and the factor that equalizes the variance of the step.
///
///   rho_inf = 2 / (1 - beta2) - 1;   rho_t = rho_inf - 2 t beta2^t / (1 - beta2^t)
///   r_t = sqrt((rho_t - 4) (rho_t - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho_t))
///
/// Liu, Jiang, He, Chen, Liu, Gao and Han (2020), Algorithm 2. r is meaningful for rho > 4 only.
struct Rectification {
  double rho, r;

  Rectification(double beta2, std::int64_t t) {
    const double power = integer_power(beta2, t), rho_inf = 2 / (1 - beta2) - 1;
    rho = rho_inf - 2 * static_cast<double>(t) * power / (1 - power);
    r = rho > 4 ? std::sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
                : 0;
  }
};

}  // namespace ravine
