#pragma once

#include <vector>

#include "ravine/results/check.hpp"

namespace ravine::batch_norm {

/// L23 to L26: what batch normalization does to activations, gradients and running averages, as
/// identities of single precision.
std::vector<Check> checks();

}  // namespace ravine::batch_norm
