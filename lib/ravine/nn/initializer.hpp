#pragma once

#include <cstddef>
#include <span>

#include "ravine/core/catalog.hpp"
#include "ravine/core/random.hpp"
#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Draws the initial weights of one layer. Immutable; thread-safe.
class RAVINE_EXPORT Initializer {
 public:
  virtual ~Initializer() = default;
  /// Fills W (in, out), row by row; `stream` belongs to this matrix alone.
  virtual void weights(std::size_t in, std::size_t out, RandomStream& stream,
                       std::span<Real> w) const = 0;
  /// The initial value of every bias.
  virtual double bias() const { return 0; }
};

/// constant, uniform, glorot_uniform, xavier_slide, glorot_normal, he, orthogonal, sparse, normal,
/// truncated_normal: every initializer with its citation (lecture L27-L32).
RAVINE_EXPORT const Catalog<Initializer>& initializer_catalog();

}  // namespace ravine
