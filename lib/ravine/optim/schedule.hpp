#pragma once

#include <cstdint>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A number for every step: eps_t = eps_0 value(t) for learning rates, the value itself for a
/// scheduled hyperparameter such as momentum(alpha=...). Immutable and thread-safe.
class RAVINE_EXPORT Schedule {
 public:
  virtual ~Schedule() = default;
  /// `step` counts from 1; `total_steps` is the budget of the trial.
  virtual double value(std::int64_t step, std::int64_t total_steps) const = 0;
};

/// constant, linear, inverse, ...: see schedule.cpp for equations and sources.
RAVINE_EXPORT const Catalog<Schedule>& schedule_catalog();

}  // namespace ravine
