// ravine-batch-norm: training with and without batch normalization.

#include "checks.hpp"
#include "ravine/cli/suite_main.hpp"

namespace {

using ravine::Grid;
using ravine::OptimizerChoice;
using ravine::Scale;
using Rates = std::vector<double>;
using Seeds = std::vector<std::int64_t>;

const std::vector<std::string> kPlacements = {"off", "hidden", "input+hidden"};

// Ioffe & Szegedy 2015, figure 1: binary images, three layers of 100 sigmoid units, mini-batches of
// 60. They give neither rate nor standard deviation. ema(decay=0) is the raw iterate, measured with
// statistics that are recomputed for it: what the running averages stand for (L25).
Grid percentiles(const std::string& problem, std::int64_t steps, Rates rates, Seeds seeds) {
  Grid grid;
  grid.problem = {problem};
  grid.batch_norm = kPlacements;
  grid.initializer = {"normal(sd=0.1)"};
  grid.optimizers = {{"sgd", std::move(rates)}};
  grid.batch_size = {60};
  grid.steps = {steps};
  grid.seed = std::move(seeds);
  grid.averaging = {"ema(decay=0)"};
  grid.observe = {"even(count=32)"};
  grid.record = {"diagnostics"};
  return grid;
}

// How much rate, start and rule matter, with and without.
Grid robustness(const std::string& problem, std::int64_t steps, std::vector<OptimizerChoice> rules,
                Seeds seeds) {
  Grid grid;
  grid.problem = {problem};
  grid.batch_norm = kPlacements;
  grid.initializer = {"he", "xavier_slide", "normal(sd=0.01)"};
  grid.optimizers = std::move(rules);
  grid.batch_size = {50};
  grid.steps = {steps};
  grid.seed = std::move(seeds);
  grid.observe = {"even(count=8)"};
  return grid;
}

std::vector<Grid> grids(Scale scale) {
  if (scale == Scale::kQuick)
    return {percentiles("mlp(data=glyphs, hidden=20x3, activation=sigmoid, train=1000)", 200,
                        {0.1, 0.5}, {0, 1}),
            robustness("mlp(data=glyphs, hidden=20x4, train=1000)", 60,
                       {{"sgd", {0.1, 1}}, {"adam", {1e-3, 1e-2}}}, {0, 1})};
  const Seeds five = {0, 1, 2, 3, 4};
  if (scale == Scale::kPaper)
    return {percentiles("mlp(data=mnist, hidden=100x3, activation=sigmoid, scale=binary)", 50000,
                        {0.1, 0.5}, five)};
  return {
      percentiles("mlp(data=glyphs, hidden=100x3, activation=sigmoid, train=2000)", 2000,
                  {0.1, 0.5}, five),
      robustness(
          "mlp(data=glyphs, hidden=50x4, train=2000)", 300,
          {{"sgd", {0.03, 0.3, 3}}, {"momentum", {0.003, 0.03, 0.3}}, {"adam", {3e-4, 3e-3, 3e-2}}},
          five)};
}

}  // namespace

int main(int argc, char** argv) {
  return ravine::suite_main(
      argc, argv,
      {.name = "batch-norm",
       .question =
           "What does batch normalization change?\n"
           "Off, on the hidden layers, or on the input too: a deep sigmoid network with the\n"
           "distribution of the inputs of its units, and a ReLU network at several rates, starts\n"
           "and update rules.\n",
       .grids = grids,
       .checks = ravine::batch_norm::checks});
}
