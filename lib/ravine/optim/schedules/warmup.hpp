#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "ravine/core/error.hpp"
#include "ravine/core/share.hpp"
#include "ravine/optim/schedule.hpp"

namespace ravine {

/// Warm-up: a linear rise over the first W steps, then another schedule on the steps that remain.
///
///   k < W:  ((k + 1) / W) then(0, T - W);   otherwise then(k - W, T - W)
///
/// W is `steps`, or the share `fraction` of the budget, rounded, if `steps` is 0. Goyal et al.
/// (2017), section 2.2 ("gradual warmup"). The first step is eps_0 / W, not zero.
struct WarmupSchedule {
  static constexpr std::string_view kName = "warmup";
  static constexpr int kVersion = 2;  // its length is rounded exactly
  std::int64_t steps = 0;
  double fraction = 0.05;
  Nested<Schedule> then{"cosine"};

  template <class F>
  void fields(F&& field) {
    field("steps", steps, "[0, 1e15]", "length in steps; 0 uses the fraction");
    field("fraction", fraction, "[0, 1]", "length as a fraction of the budget");
    field("then", then, "", "schedule of the steps after the warm-up");
  }
  double value(std::int64_t k, std::int64_t total_steps) const {
    if (steps == 0 && total_steps <= 0)
      fail("the number of steps is {}: a warm-up relative to the budget needs at least 1",
           total_steps);
    // floor(x + 1/2), from the floor of 2 x
    const std::int64_t warmup = steps > 0 ? steps : (Share(fraction).of(2 * total_steps) + 1) / 2;
    const std::int64_t remaining = std::max<std::int64_t>(total_steps - warmup, 1);
    if (k >= warmup) return then.made->value(k + 1 - warmup, remaining);
    return static_cast<double>(k + 1) / static_cast<double>(warmup) *
           then.made->value(1, remaining);
  }
};

}  // namespace ravine
