#pragma once

#include <vector>

#include "ravine/results/check.hpp"

namespace ravine::second_order {

/// L37-L39: what theory says of Newton, quasi-Newton and conjugate-gradient methods, exactly.
std::vector<Check> all_checks();

}  // namespace ravine::second_order
