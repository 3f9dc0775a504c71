#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

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
  std::string then = "cosine";

  template <class F>
  void fields(F&& field) {
    field("steps", steps, "[0, 1e15]", "length in steps; 0 takes the fraction");
    field("fraction", fraction, "[0, 1]", "length as a share of the budget");
    field("then", then, "", "schedule of the steps after the warm-up");
  }
};

/// The row of warmup; `known` are the schedules that may follow it.
RAVINE_EXPORT CatalogEntry<Schedule> warmup_entry(const Catalog<Schedule>& known);

}  // namespace ravine
