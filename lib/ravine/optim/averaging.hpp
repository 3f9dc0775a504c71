#pragma once

#include <cstdint>
#include <span>

#include "ravine/core/catalog.hpp"
#include "ravine/core/layout.hpp"
#include "ravine/core/real.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/state.hpp"

namespace ravine {

/// An average of the iterates, accumulated in double beside the training; it never changes theta.
/// One object belongs to one trial; not thread-safe.
class RAVINE_EXPORT Averaging {
 public:
  virtual ~Averaging() = default;
  virtual void reset(const ParameterLayout& layout) = 0;
  /// Takes in theta_t after step t = 1, 2, ...; `total_steps` is the budget of the trial.
  virtual void update(std::int64_t step, std::int64_t total_steps, std::span<const Real> theta) = 0;
  /// True once value() is defined (a start step may lie ahead).
  virtual bool ready() const = 0;
  /// Writes the average, rounded once to Real. Call only when ready().
  virtual void value(std::span<Real> average) const = 0;
  virtual void visit_state(StateVisitor& visitor) = 0;
};

/// polyak, ema: see averaging.cpp. "none" is the empty list and not a row.
RAVINE_EXPORT const Catalog<Averaging>& averaging_catalog();

}  // namespace ravine
