#include "problems.hpp"

namespace ravine {
namespace {

Grid quadratic(const std::string& problem, std::int64_t seeds) {
  Grid grid;
  grid.problem = {problem};
  grid.optimizers = {{"sgd", {0.01, 0.03, 0.1, 0.3, 1, 1.9}},
                     {"momentum", {1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1}},
                     {"nesterov", {1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1}},
                     {"adagrad", {0.03, 0.1, 0.3, 1, 3}},
                     {"rmsprop", {3e-4, 1e-3, 3e-3, 1e-2, 3e-2}},
                     {"rmsprop_nesterov", {1e-4, 3e-4, 1e-3, 3e-3, 1e-2}},
                     {"adam", {1e-3, 3e-3, 1e-2, 3e-2, 0.1}}};
  grid.seed = first_seeds(seeds);
  grid.steps = {1000};
  return grid;
}

}  // namespace

// Noise of 1e-3 leaves the ravine what slows the rules down; noise of 0.3 takes its place.
std::vector<Grid> quadratic_grids(Scale scale) {
  const std::int64_t seeds = scale == Scale::kQuick ? 1 : 10;
  return {quadratic("quadratic(dimension=20, condition=1000, noise=0.001)", seeds),
          quadratic("quadratic(dimension=20, condition=10, noise=0.3)", seeds)};
}

}  // namespace ravine
