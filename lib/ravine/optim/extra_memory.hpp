#pragma once

#include <cstddef>
#include <limits>

#include "ravine/core/layout.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// What an optimizer needs beside its state, a gradient and a point, for estimates of memory: an
/// optimizer that needs more derives from it, too. Thread-safe.
class RAVINE_EXPORT ExtraMemory {
 public:
  virtual ~ExtraMemory() = default;
  /// Bytes that it holds after reset() with this layout, by arithmetic.
  virtual double extra_bytes(const ParameterLayout&) const { return 0; }
  /// More parameters are refused by reset().
  virtual std::size_t most_parameters() const { return std::numeric_limits<std::size_t>::max(); }
};

}  // namespace ravine
