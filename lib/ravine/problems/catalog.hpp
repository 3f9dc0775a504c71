#pragma once

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {

/// ravine's own: mlp, logreg, autoencoder, quadratic, rosenbrock, ... and the short names.
RAVINE_EXPORT Catalog<ProblemRecipe> problem_catalog();

}  // namespace ravine
