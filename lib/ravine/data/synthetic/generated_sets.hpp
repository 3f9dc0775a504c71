#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ravine/data/dataset.hpp"

namespace ravine::detail {

/// A data set that needs no files, and what scale=unit means for it.
struct GeneratedSet {
  std::string_view name;
  /// `train` examples, 0 for the set's own number; `full` gives the validation part to training.
  Dataset (*make)(std::uint64_t seed, std::size_t train, bool full);
  double unit_shift = 0, unit_scale = 1;  // x = (value - unit_shift) * unit_scale
};

std::span<const GeneratedSet> generated_sets();

}  // namespace ravine::detail
