#pragma once

#include <vector>

#include "ravine/plan/suite.hpp"

/// The problems on which update rules are said to differ, with the seeds that claims need.
namespace ravine {

/// L13 to L18: sparse features, a small network, a deep autoencoder.
std::vector<Grid> learning_grids(Scale scale);
/// L8, L13: a ravine along the axes, and one whose gradients are noisy.
std::vector<Grid> quadratic_grids(Scale scale);
/// Published curves and closed forms; in full at every scale but for the seeds.
std::vector<Grid> exact_grids(Scale scale);

/// 0, 1, ..., count - 1.
std::vector<std::int64_t> first_seeds(std::int64_t count);

}  // namespace ravine
