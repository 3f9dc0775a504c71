// ravine-second-order: methods that use curvature beside those that do not, on equal terms.

#include "ravine/run/suite.hpp"

namespace {

using ravine::Grid;
using ravine::OptimizerChoice;
using ravine::Scale;

std::vector<OptimizerChoice> first_order() {
  return {
      {"sgd", {1e-3, 1e-2, 0.1}}, {"nesterov", {1e-4, 1e-3, 1e-2}}, {"adam", {1e-3, 1e-2, 0.1}}};
}

// 1 is the natural learning rate of all of these.
std::vector<OptimizerChoice> line_searching() {
  return {{"gradient_descent", {1}}, {"conjugate_gradient", {1}}, {"lbfgs", {1}}};
}

void append(std::vector<OptimizerChoice>& choices, const std::vector<OptimizerChoice>& more) {
  choices.insert(choices.end(), more.begin(), more.end());
}

// Full batch; functions have one start, so one seed.
Grid grid(std::vector<std::string> problems, std::int64_t steps) {
  Grid grid;
  grid.problems = std::move(problems);
  grid.optimizers = first_order();
  append(grid.optimizers, line_searching());
  grid.batch_sizes = {0};
  grid.seeds = {0};
  grid.steps = steps;
  return grid;
}

// Small enough for dense matrices.
Grid dense_grid(std::vector<std::string> problems, std::int64_t steps) {
  Grid dense = grid(std::move(problems), steps);
  append(dense.optimizers, {{"bfgs", {1}}, {"damped_newton", {1}}, {"saddle_free_newton", {1}}});
  return dense;
}

// n steps solve a quadratic of n dimensions (L38, L39), and Fletcher-Reeves is Polak-Ribiere there.
Grid termination(std::int64_t dimension) {
  Grid exact;
  exact.problems = {"quadratic(condition=100, dimension=" + std::to_string(dimension) + ")"};
  exact.optimizers = {
      {"gradient_descent(line_search=exact)", {1}},
      {"conjugate_gradient(beta=fletcher_reeves, line_search=exact)", {1}},
      {"conjugate_gradient(beta=polak_ribiere, line_search=exact)", {1}},
      {"conjugate_gradient(beta=hestenes_stiefel, line_search=exact)", {1}},
      {"bfgs(line_search=exact)", {1}},
      {"newton", {1}},
  };
  exact.batch_sizes = {0};
  exact.seeds = {0};
  exact.steps = dimension + 2;
  exact.observe = "even(count=" + std::to_string(dimension + 2) + ")";
  return exact;
}

// Newton falls into the saddle that saddle-free Newton leaves (Dauphin et al. 2014).
Grid saddle() {
  Grid toy;
  toy.problems = {"saddle(x0=1, y0=0.5)"};
  toy.optimizers = {{"newton", {1}}, {"damped_newton", {1}}, {"saddle_free_newton", {1}}};
  toy.batch_sizes = {0};
  toy.seeds = {0};
  toy.steps = 8;
  toy.observe = "even(count=8)";
  return toy;
}

Grid learning(std::string problem, std::int64_t steps, std::vector<std::int64_t> seeds) {
  Grid full = grid({std::move(problem)}, steps);
  full.seeds = std::move(seeds);
  return full;
}

std::vector<Grid> grids(Scale scale) {
  if (scale == Scale::kQuick)
    return {dense_grid({"rosenbrock", "rosenbrock(dimension=20)"}, 200), termination(10), saddle(),
            learning("logreg(data=glyphs, train=500, l2=0.001)", 50, {0, 1})};
  std::vector<Grid> all = {
      dense_grid({"rosenbrock", "rosenbrock(dimension=10)", "rosenbrock(dimension=100)"}, 1000),
      grid({"rosenbrock(dimension=1000)"}, 5000),
      grid({"quadratic(dimension=100, condition=1e4)", "quadratic(dimension=100, condition=1e6)"},
           1000),
      termination(10),
      termination(30),
      saddle(),
      learning("logreg(data=glyphs, train=2000, l2=0.001)", 200, {0, 1, 2}),
      learning("mlp(data=glyphs, hidden=32, activation=tanh, train=2000)", 200, {0, 1, 2})};
  if (scale == Scale::kPaper)
    for (const char* data : {"a9a", "w8a", "mushrooms"})
      all.push_back(learning("logreg(l2=0.0001, data=" + std::string(data) + ")", 300, {0, 1, 2}));
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  return ravine::suite_main(
      argc, argv,
      {.name = "second-order",
       .question =
           "What does curvature buy, and what does it cost?\n"
           "Newton, quasi-Newton and conjugate-gradient methods beside first-order rules, all on\n"
           "the full batch in double precision. Curves carry gradient evaluations, loss\n"
           "evaluations, curvature products and seconds, to be drawn against each.\n",
       .grids = grids});
}
