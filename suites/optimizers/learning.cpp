#include <numeric>

#include "problems.hpp"

namespace ravine {
namespace {

// Adam's experiment on sparse features (Kingma and Ba 2015, Figure 1, right), with L2 in place of
// their dropout. It is about the training cost: without a validation part that chooses the rate,
// too. Rates are three around the best of wider searches.
Grid sparse(const std::string& problem) {
  Grid grid;
  grid.problem = {problem};
  grid.optimizers = {{"sgd", {0.03, 0.1, 0.3}},
                     {"nesterov", {0.03, 0.1, 0.3}},
                     {"adagrad", {0.03, 0.1, 0.3}},
                     {"rmsprop", {1e-3, 3e-3, 1e-2}},
                     {"adam", {1e-3, 3e-3, 1e-2}}};
  grid.seed = first_seeds(8);
  grid.epochs = {10};
  return grid;
}

// A network small enough for many seeds.
Grid small_network() {
  Grid grid;
  grid.problem = {"mlp(data=glyphs, hidden=32, train=2000)"};
  grid.optimizers = {{"sgd", {0.1, 0.3, 1}},
                     {"momentum", {0.03, 0.1, 0.3}},
                     {"adagrad", {0.01, 0.03, 0.1}},
                     {"rmsprop", {3e-3, 1e-2, 3e-2}},
                     {"rmsprop_nesterov", {3e-4, 1e-3, 3e-3}},
                     {"adam", {3e-3, 1e-2, 3e-2}}};
  grid.seed = first_seeds(8);
  grid.epochs = {10};
  return grid;
}

// Its plateau is the mean image, squared error 16.
Grid autoencoder(const std::string& problem, std::int64_t epochs) {
  Grid grid;
  grid.problem = {problem};
  grid.optimizers = {{"sgd", {0.1, 1}},
                     {"nesterov", {0.1, 1}},
                     {"adagrad", {0.1, 0.3}},
                     {"rmsprop", {3e-3, 1e-2}},
                     {"rmsprop_nesterov", {3e-4, 1e-3}},
                     {"adam", {1e-2, 3e-2}}};
  grid.seed = first_seeds(2);
  grid.epochs = {epochs};
  return grid;
}

void shorten(Grid& grid) {
  for (OptimizerChoice& choice : grid.optimizers)
    choice.learning_rates = {choice.learning_rates.back()};
  grid.seed = {0};
  grid.epochs = {2};
}

}  // namespace

std::vector<std::int64_t> first_seeds(std::int64_t count) {
  std::vector<std::int64_t> seeds(static_cast<std::size_t>(count));
  std::iota(seeds.begin(), seeds.end(), 0);
  return seeds;
}

std::vector<Grid> learning_grids(Scale scale) {
  if (scale == Scale::kPaper)
    return {sparse("logreg(data=imdb, l2=0.001, full=true)"), small_network(),
            autoencoder("curves_autoencoder", 20)};
  if (scale == Scale::kStandard)
    return {sparse("logreg(data=zipf, l2=0.001, full=true)"), small_network(),
            autoencoder("autoencoder(data=curves, hidden=32-16, code=6, train=1000, "
                        "report=squared_error)",
                        20)};
  std::vector<Grid> quick = {sparse("logreg(data=zipf, l2=0.001, train=500, full=true)"),
                             autoencoder("autoencoder(data=curves, hidden=16, code=6, train=256, "
                                         "report=squared_error)",
                                         2)};
  for (Grid& grid : quick) shorten(grid);
  return quick;
}

}  // namespace ravine
