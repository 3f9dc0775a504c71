#pragma once

#include <vector>

#include "ravine/results/check.hpp"

namespace ravine::averaging {

/// L33 to L36 and the exact variances of averages (A10), computed in double.
std::vector<Check> all_checks();

}  // namespace ravine::averaging
