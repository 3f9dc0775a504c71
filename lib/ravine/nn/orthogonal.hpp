#pragma once

#include <cstddef>
#include <span>

#include "ravine/core/random.hpp"
#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// W (in, out) <- gain Q with Q drawn uniformly from the orthogonal matrices: Q^T Q = I if in >=
/// out, else Q Q^T = I.
///
/// Modified Gram-Schmidt on a Gaussian matrix, in double and in index order; the diagonal of R is
/// positive, which makes Q uniform (Mezzadri 2007). Takes min(in, out)^2 max(in, out)
/// multiplications and as much memory as W in double.
RAVINE_EXPORT void draw_orthogonal(std::size_t in, std::size_t out, double gain,
                                   RandomStream& stream, std::span<Real> w);

}  // namespace ravine
