#pragma once

#include <vector>

#include "ravine/results/check.hpp"

namespace ravine::schedules {

/// L4, L5: the values of schedules, and what they make of a noisy quadratic, exactly.
std::vector<Check> checks();

}  // namespace ravine::schedules
