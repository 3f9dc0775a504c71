#pragma once

#include <cstdint>
#include <span>
#include <string_view>

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

}  // namespace ravine
