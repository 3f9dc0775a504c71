#pragma once

#include <array>
#include <limits>
#include <span>

#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A set of numbers in a few: what is recorded of activations, gradients and weights. The quantiles
/// hold the quartiles, the 15th and 85th percentiles of Ioffe & Szegedy (2015, figure 1) and the
/// 98th of Glorot & Bengio (2010, figure 3).
struct Summary {
  static constexpr std::array<double, 7> kShares = {0.02, 0.15, 0.25, 0.50, 0.75, 0.85, 0.98};
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  double mean = kNone;
  double standard_deviation = kNone;  // sqrt of the mean squared deviation, divisor n
  std::array<double, kShares.size()> quantiles = {kNone, kNone, kNone, kNone, kNone, kNone, kNone};
};

/// Quantiles are interpolated linearly between order statistics (Hyndman & Fan 1996, type 7, the
/// default of numpy); a NaN among the values makes all of it NaN. Reorders `values`. Works in
/// double, in a fixed order. Thread-safe.
RAVINE_EXPORT Summary summarize(std::span<Real> values);

}  // namespace ravine
