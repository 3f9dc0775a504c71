// ravine-initialization: where training starts, and what the start does to signals and gradients.

#include "checks.hpp"
#include "ravine/cli/suite_main.hpp"

namespace {

using ravine::Grid;
using ravine::Scale;
using Rates = std::vector<double>;
using Seeds = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;

Grid grid(Texts problems, Texts initializers, Rates rates, std::int64_t steps, Seeds seeds) {
  Grid grid;
  grid.problem = std::move(problems);
  grid.initializer = std::move(initializers);
  grid.optimizers = {{"sgd", std::move(rates)}};
  grid.steps = {steps};
  grid.seed = std::move(seeds);
  return grid;
}

// L27, L28, L30 to L32: every initializer at several depths, with the statistics of every layer.
Grid starts(Texts problems, Rates rates, std::int64_t steps, Seeds seeds) {
  Grid all = grid(std::move(problems),
                  {"constant(value=0.1)", "uniform", "xavier_slide", "glorot_uniform", "he",
                   "orthogonal", "orthogonal(gain=1.414)", "sparse", "normal(sd=0.001)"},
                  std::move(rates), steps, std::move(seeds));
  all.batch_size = {50};
  all.observe = {"even(count=6)"};
  all.record = {"diagnostics"};
  return all;
}

// L27: a convex problem with a good rate.
Grid convex(const std::string& problem, std::int64_t steps, Seeds seeds) {
  Grid all = grid({problem}, {"constant(value=0)", "glorot_uniform", "normal(sd=1)"}, {0.3}, steps,
                  std::move(seeds));
  all.batch_size = {0};
  all.observe = {"even(count=6)"};
  return all;
}

// Glorot & Bengio 2010, table 1 and figures 2 to 9: five layers, mini-batches of 10, plain SGD.
Grid activations(const std::string& shape, Rates rates, std::int64_t steps, Seeds seeds) {
  Texts problems;
  for (const char* activation : {"tanh", "softsign", "sigmoid"})
    problems.push_back(fmt::format("mlp(data=shapeset, activation={}, {})", activation, shape));
  Grid all = grid(std::move(problems), {"uniform", "glorot_uniform"}, std::move(rates), steps,
                  std::move(seeds));
  all.batch_size = {10};
  all.observe = {"even(count=10)"};
  all.record = {"diagnostics"};
  return all;
}

// Saxe et al. 2013, figure 6A: deep linear networks, learning time against depth. glorot_normal of
// a square layer is N(0, 1 / N).
Grid deep_linear(const std::string& data, Texts depths, Rates rates, std::int64_t steps,
                 Seeds seeds) {
  Texts problems;
  for (const std::string& depth : depths)
    problems.push_back(
        fmt::format("mlp(hidden={}, activation=linear, loss=squared, {})", depth, data));
  Grid all = grid(std::move(problems), {"glorot_normal", "orthogonal"}, std::move(rates), steps,
                  std::move(seeds));
  all.batch_size = {0};
  all.observe = {"even(count=100)"};
  return all;
}

std::vector<Grid> grids(Scale scale) {
  if (scale == Scale::kQuick)
    return {starts({"mlp(data=glyphs, hidden=20x5, activation=tanh, train=500)",
                    "mlp(data=glyphs, hidden=20x5, activation=relu, train=500)"},
                   {0.1}, 30, {0, 1}),
            convex("logreg(data=glyphs, l2=0.1, train=500)", 100, {0, 1}),
            activations("hidden=20x5, train=500", {0.1}, 50, {0, 1}),
            deep_linear("data=glyphs, train=100", {"20x2", "20x8"}, {0.01, 0.03}, 50, {0, 1})};
  const Seeds five = {0, 1, 2, 3, 4};
  if (scale == Scale::kPaper)
    return {activations("hidden=1000x5, train=100000", {0.01, 0.03, 0.1}, 30000, {0, 1, 2}),
            starts({"mlp(data=mnist, hidden=1000x5, activation=tanh)",
                    "mlp(data=mnist, hidden=1000x5, activation=relu)"},
                   {0.01, 0.1}, 5000, {0, 1, 2}),
            deep_linear("data=mnist, train=5000", {"200x2", "200x7", "200x18", "200x48", "200x98"},
                        {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2}, 500, {0, 1, 2})};
  return {starts({"mlp(data=glyphs, hidden=64x2, activation=tanh, train=2000)",
                  "mlp(data=glyphs, hidden=64x10, activation=tanh, train=2000)",
                  "mlp(data=glyphs, hidden=64x2, activation=relu, train=2000)",
                  "mlp(data=glyphs, hidden=64x10, activation=relu, train=2000)"},
                 {0.01, 0.1}, 300, five),
          convex("logreg(data=glyphs, l2=0.1, train=1000)", 300, five),
          activations("hidden=100x5, train=5000", {0.1}, 3000, five),
          deep_linear("data=glyphs, train=200", {"64x2", "64x4", "64x8", "64x16"},
                      {0.003, 0.01, 0.03, 0.1}, 200, five)};
}

}  // namespace

int main(int argc, char** argv) {
  return ravine::suite_main(
      argc, argv,
      {.name = "initialization",
       .question =
           "How much does the start matter?\n"
           "Initializers at several depths and activation functions, with the distributions of\n"
           "activations and back-propagated gradients in every layer; a convex problem from\n"
           "distant starts; the five-layer networks of Glorot and Bengio on Shapeset; deep linear\n"
           "networks.\n",
       .grids = grids,
       .checks = ravine::initialization::checks,
       .checks_bytes = ravine::initialization::kChecksBytes});
}
