#pragma once

#include <vector>

#include "ravine/results/check.hpp"

namespace ravine::batch_size {

/// The noisy quadratic model of Zhang et al. (2019) in closed form: steps to a target by batch
/// size, at the best of many constant rates.
std::vector<Check> checks();

}  // namespace ravine::batch_size
