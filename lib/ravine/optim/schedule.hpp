#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A number for every step: eps_t = eps_0 value(t) for learning rates, the value itself for a
/// scheduled hyperparameter such as momentum(beta=sutskever(max=0.99)). Immutable and thread-safe.
///
/// All schedules count k = t - 1, the updates already made: the first step has the initial value.
class RAVINE_EXPORT Schedule {
 public:
  static constexpr std::string_view kKind = "schedule";
  virtual ~Schedule() = default;
  /// `step` counts from 1; `total_steps` is the budget of the trial. Throws Error if the schedule
  /// is relative to the budget and there is none.
  virtual double value(std::int64_t step, std::int64_t total_steps) const = 0;
};

/// constant, linear, inverse, ...: see schedules/ for equations and sources.
RAVINE_EXPORT const Catalog<Schedule>& schedule_catalog();

/// The row of a Shape with kName, fields() and `double value(k, total_steps) const`.
template <class Shape>
CatalogEntry<Schedule> schedule_entry(std::string summary, std::string citation) {
  class OfShape final : public Schedule {
   public:
    explicit OfShape(Shape shape) : shape_(std::move(shape)) {}
    double value(std::int64_t step, std::int64_t total_steps) const override {
      return shape_.value(step - 1, total_steps);
    }

   private:
    Shape shape_;
  };
  return made_entry<Schedule, OfShape, Shape>(std::move(summary), std::move(citation));
}

}  // namespace ravine
