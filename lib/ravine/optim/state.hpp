#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ravine/core/error.hpp"
#include "ravine/core/real.hpp"

namespace ravine {

/// Walks over everything that an object must remember between steps, always in the same order:
/// checkpoints write and read it, tests compare it, diagnostics look at it.
class StateVisitor {
 public:
  virtual ~StateVisitor() = default;
  virtual void reals(std::string_view name, std::span<Real> values) = 0;
  virtual void doubles(std::string_view name, std::span<double> values) = 0;
  virtual void integer(std::string_view name, std::int64_t& value) = 0;
};

/// Walks over the numbers that an optimizer wants recorded beside its curve, always the same ones
/// in the same order.
class RecordVisitor {
 public:
  virtual ~RecordVisitor() = default;
  /// `name` is in lower case with '_' and unlike any field of the optimizer; NaN is not a value.
  virtual void number(std::string_view name, std::string_view unit, double value) = 0;
};

/// Throws Error unless an integer that was just visited is in [0, most]: a visitor may have read it
/// from a file, and lengths and places must fit the object before they are used.
inline void check_state(std::string_view name, std::int64_t value, std::int64_t most) {
  if (value < 0 || value > most)
    fail("the state '{}' is {}: it must be in [0, {}]; start the trial anew", name, value, most);
}

}  // namespace ravine
