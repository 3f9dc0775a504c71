#pragma once

#include <string_view>

#include "ravine/core/error.hpp"

namespace ravine {

/// Throws Error for a limit of growth that would make an estimated rate shrink.
inline void check_growth_rate(std::string_view rule, double growth_rate) {
  if (growth_rate > 0 && growth_rate < 1)
    fail("{}(growth_rate) is {}: it must be at least 1, or 0 for no limit", rule, growth_rate);
}

}  // namespace ravine
