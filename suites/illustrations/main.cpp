// ravine-illustrations: the lecture's own pictures, and its exact statements (double precision).

#include <fmt/format.h>

#include "checks.hpp"
#include "ravine/cli/suite_main.hpp"

namespace {

using ravine::Grid;
using ravine::OptimizerChoice;
using ravine::Scale;

// Functions have one start and no mini-batches.
Grid grid(std::vector<std::string> problems, std::vector<OptimizerChoice> optimizers,
          std::int64_t steps, std::int64_t observations) {
  Grid grid;
  grid.problem = std::move(problems);
  grid.optimizers = std::move(optimizers);
  grid.batch_size = {0};
  grid.seed = {0};
  grid.steps = {steps};
  grid.observe = {fmt::format("even(count={})", observations)};
  return grid;
}

// The six rules of the lecture, each at a rate that shows its character on this function.
Grid paths(std::string problem, std::vector<double> rates, std::int64_t steps) {
  const char* rules[] = {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"};
  std::vector<OptimizerChoice> optimizers;
  for (std::size_t i = 0; i < rates.size(); ++i) optimizers.push_back({rules[i], {rates[i]}});
  Grid drawn = grid({std::move(problem)}, optimizers, steps, steps);
  drawn.record = {"trajectories"};
  return drawn;
}

std::vector<Grid> landscapes() {
  return {paths("quadratic(condition=20)", {1.8, 0.15, 0.15, 0.4, 0.05, 0.1}, 100),
          paths("rosenbrock", {1e-3, 3e-4, 3e-4, 0.5, 0.01, 0.05}, 2000),
          paths("beale", {0.01, 3e-3, 3e-3, 0.4, 0.01, 0.05}, 1000),
          paths("saddle(x0=1, y0=0.001)", {0.05, 0.02, 0.02, 0.2, 0.02, 0.05}, 80)};
}

// L10: the speed of a step under a constant gradient.
Grid constant_slope() {
  return grid({"linear_chain(depth=1)"},
              {{"sgd", {0.01}},
               {"momentum(beta=0.5)", {0.01}},
               {"momentum(beta=0.9)", {0.01}},
               {"momentum(beta=0.99)", {0.01}},
               {"nesterov(beta=0.9)", {0.01}}},
              600, 600);
}

// L12: Sutskever et al. (2013), figure 2.
Grid lookahead() {
  std::vector<OptimizerChoice> optimizers;
  for (const char* beta : {"0.9", "0.95", "0.99"})
    for (const char* rule : {"momentum", "nesterov"})
      optimizers.push_back({fmt::format("{}(beta={})", rule, beta), {0.9}});
  Grid ravine = grid({"quadratic(condition=100)"}, optimizers, 200, 200);
  ravine.record = {"trajectories"};
  return ravine;
}

// L21: one step at many lengths.
std::vector<Grid> single_steps() {
  std::vector<double> round, steep;
  for (int i = 1; i <= 30; ++i) {
    round.push_back(0.1 * i);
    steep.push_back(1e-4 * i);
  }
  return {grid({"quadratic(condition=20)", "saddle(x0=0.3, y0=0.5)"}, {{"sgd", round}}, 1, 1),
          grid({"rosenbrock"}, {{"sgd", steep}}, 1, 1)};
}

// L22: one step of a product of weights, at many lengths, depths and scales.
Grid chains() {
  std::vector<std::string> problems;
  for (const int depth : {2, 5, 10, 20})
    for (const char* weight : {"0.9", "1", "1.1"})
      problems.push_back(fmt::format("linear_chain(depth={}, weight={})", depth, weight));
  return grid(problems, {{"sgd", ravine::log_spaced(1e-4, 1, 25)}}, 1, 1);
}

// L33, L34: an iterate that is damped, bounces, or bounces for ever, and its averages.
Grid bouncing() {
  Grid bowl = grid({"quadratic(dimension=1)"}, {{"sgd", {0.5, 1.9, 2}}}, 60, 60);
  bowl.averaging = {"polyak, ema(decay=0.9)"};
  bowl.record = {"trajectories"};
  return bowl;
}

// Goodfellow et al. (2016), figure 8.1: on a network the gradient does not shrink as the error
// does.
Grid gradient_norms() {
  Grid network = grid({"mlp(data=glyphs, hidden=32, train=1000)"}, {{"sgd", {0.1}}}, 0, 0);
  network.batch_size = {10};
  network.seed = {0, 1, 2, 3, 4};
  network.epochs = {8};  // until one per cent of training error is left
  network.observe = {"even(count=80)"};
  return network;
}

std::vector<Grid> grids(Scale) {
  std::vector<Grid> all = landscapes();
  all.push_back(constant_slope());
  all.push_back(lookahead());
  for (Grid& steps : single_steps()) all.push_back(std::move(steps));
  all.push_back(chains());
  all.push_back(bouncing());
  all.push_back(gradient_norms());
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  return ravine::suite_main(
      argc, argv,
      {.name = "illustrations",
       .question =
           "What do the update rules of the lecture do on functions that can be drawn?\n"
           "Ravines, valleys, saddles and products of weights: every picture of the lecture as a\n"
           "trial, and every exact statement as a check that is stored with the results. All\n"
           "scales take the same few seconds.\n",
       .grids = grids,
       .checks = ravine::illustrations::all_checks});
}
