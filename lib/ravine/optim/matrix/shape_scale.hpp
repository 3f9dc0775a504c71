#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "ravine/core/layout.hpp"

namespace ravine {

/// The length that a step along an orthogonal matrix takes for the shape of its block, which
/// multiplies `in` inputs and gives `out` outputs; blocks are stored as (in, out).
///
///   reference  sqrt(max(1, out / in)), Jordan et al. (2024); torch.optim.Muon calls it "original"
///   torch      the same, where the iteration divides by max(|u|, 1e-7)
///   moonlight  0.2 sqrt(max(out, in)): elements of the size of AdamW's. Liu et al. (2025),
///              equation 4; torch.optim.Muon calls it "match_rms_adamw"
///   ratio      sqrt(out / in), Ahn et al. (2025), Dion
///   none       1
inline constexpr std::string_view kShapeScales = "reference|torch|moonlight|ratio|none";

inline double shape_scale(const std::string& scale, const Block& block) {
  const double in = static_cast<double>(block.rows), out = static_cast<double>(block.cols);
  if (scale == "moonlight") return 0.2 * std::sqrt(std::max(out, in));
  if (scale == "ratio") return std::sqrt(out / in);
  if (scale == "none") return 1;
  return std::sqrt(std::max(1.0, out / in));
}

}  // namespace ravine
