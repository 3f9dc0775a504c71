#pragma once

#include <cstdint>

#include "ravine/export.hpp"

namespace ravine {

/// A share of a budget of steps, as the decimal number that was typed.
///
///   0.07 of 100 steps are 7 steps; the product of the doubles is 7.000000000000001
///
/// Every comparison of a step with a share of the budget goes through here. The share is the
/// shortest decimal number that reads as the given double (format_number), and all else is integer
/// arithmetic: exact for shares in [0, 1] and any count. Does not allocate. Thread-safe.
class RAVINE_EXPORT Share {
 public:
  /// `value` in [0, 1].
  explicit Share(double value);

  /// floor(share T), the whole steps in the share of T steps.
  std::int64_t of(std::int64_t total_steps) const;

  /// floor(k / (share T)), how many times the share of T steps is over after k steps: at least 1 if
  /// and only if k >= share T. The largest integer where the true number is larger.
  std::int64_t passed(std::int64_t k, std::int64_t total_steps) const;

 private:
  std::uint64_t digits_ = 0;  // share = digits 10^-decimals, with at most 17 digits
  int decimals_ = 0;
};

}  // namespace ravine
