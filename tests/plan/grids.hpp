#pragma once

#include <vector>

#include "ravine/plan/plan.hpp"

namespace ravine {

/// Twelve short trials.
inline std::vector<Grid> small_grids() {
  Grid grid;
  grid.problem = {"rosenbrock", "mlp(data=glyphs, hidden=8, train=256)"};
  grid.optimizers = {{"sgd", {0.1, 0.01}}, {"momentum(beta=0.5)", {0.1}}};
  grid.batch_size = {32};
  grid.seed = {0, 1};
  grid.steps = {16};
  return {grid};
}

/// One trial of three epochs, by the protocol of its problem.
inline Grid deep_quadratic() {
  Grid grid;
  grid.problem = {"quadratic_deep"};
  grid.optimizers = {{"sgd", {0.01}}};
  grid.seed = {0};
  grid.epochs = {3};
  return grid;
}

}  // namespace ravine
