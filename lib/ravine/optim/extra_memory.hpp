#pragma once

#include <cstddef>
#include <limits>
#include <optional>

#include "ravine/core/layout.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// What an optimizer needs beside its state, a gradient and a point, for estimates of memory: an
/// optimizer that needs more, or whose state has shapes of its own, derives from it, too.
class RAVINE_EXPORT ExtraMemory {
 public:
  virtual ~ExtraMemory() = default;
  /// Bytes that it holds after reset() with this layout, by arithmetic.
  virtual double extra_bytes(const ParameterLayout&) const { return 0; }
  /// Bytes of its state after reset() with this layout, by arithmetic; nothing where they follow
  /// from the number of parameters alone.
  virtual std::optional<double> state_bytes(const ParameterLayout&) { return {}; }
  /// More parameters are refused by reset().
  virtual std::size_t most_parameters() const { return std::numeric_limits<std::size_t>::max(); }
};

}  // namespace ravine
