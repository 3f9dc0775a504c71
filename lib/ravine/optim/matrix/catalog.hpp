#pragma once

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Adds the rules that treat a weight as a matrix: muon, normuon, ...
void add_matrix_rules(Catalog<Optimizer>& catalog);

}  // namespace ravine
