#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {

/// The steps at which a curve is measured, ascending, from 0 to `total_steps`.
///
///   log            step 0, 1, 2, 4, 8, ..., the end of every epoch, the last step
///   even(count=N)  step 0 and N equally spaced steps
RAVINE_EXPORT std::vector<std::int64_t> observation_steps(std::string_view observe,
                                                          std::int64_t total_steps,
                                                          std::int64_t steps_per_epoch);
/// Throws Error if these would be more than a curve can hold, before they are made.
RAVINE_EXPORT void check_observations(std::string_view observe, std::int64_t total_steps,
                                      std::int64_t steps_per_epoch);
RAVINE_EXPORT std::string canonical_observation(std::string_view observe);

/// How many times its size at step 0 a loss may become before the trial has diverged: what a trial
/// says as `divergence`, a number above 1, or infinity for "never". Throws Error otherwise.
RAVINE_EXPORT double divergence_factor(std::string_view divergence);
RAVINE_EXPORT std::string canonical_divergence(std::string_view divergence);

/// A metric and the bound at which a trial has done its work: "test_accuracy>=0.97".
struct RAVINE_EXPORT Target {
  std::string metric;
  bool at_least = true;
  double bound = 0;

  static Target parse(std::string_view text);
  std::string text() const;
  bool reached(const Metrics& metrics) const;
};

/// Throws Error if a trial's `target` ("none" is one) is a metric that the problem, called `name`
/// in the message, does not measure: it would never be reached.
RAVINE_EXPORT void check_target(std::string_view target, const Problem& problem,
                                std::string_view name);

}  // namespace ravine
