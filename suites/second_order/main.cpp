// ravine-second-order: methods that use curvature beside those that do not, on equal terms.

#include <algorithm>

#include "checks.hpp"
#include "ravine/cli/suite_main.hpp"

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
  grid.problem = std::move(problems);
  grid.optimizers = first_order();
  append(grid.optimizers, line_searching());
  grid.batch_size = {0};
  grid.seed = {0};
  grid.steps = {steps};
  return grid;
}

// Small enough for dense matrices.
Grid dense_grid(std::vector<std::string> problems, std::int64_t steps) {
  Grid dense = grid(std::move(problems), steps);
  append(dense.optimizers,
         {{"bfgs", {1}}, {"newton_cg", {1}}, {"damped_newton", {1}}, {"saddle_free_newton", {1}}});
  return dense;
}

// n steps solve a quadratic of n dimensions (L38, L39), and Fletcher-Reeves is Polak-Ribiere there.
Grid termination(std::int64_t dimension) {
  Grid exact;
  exact.problem = {"quadratic(condition=100, dimension=" + std::to_string(dimension) + ")"};
  exact.optimizers = {
      {"gradient_descent(line_search=exact)", {1}},
      {"conjugate_gradient(beta=fletcher_reeves, line_search=exact)", {1}},
      {"conjugate_gradient(beta=polak_ribiere, line_search=exact)", {1}},
      {"conjugate_gradient(beta=hestenes_stiefel, line_search=exact)", {1}},
      {"bfgs(line_search=exact)", {1}},
      {"newton", {1}},
  };
  exact.batch_size = {0};
  exact.seed = {0};
  exact.steps = {dimension + 2};
  exact.observe = {"even(count=" + std::to_string(dimension + 2) + ")"};
  return exact;
}

// Newton falls into the saddle that saddle-free Newton leaves (Dauphin et al. 2014).
Grid saddle() {
  Grid toy;
  toy.problem = {"saddle(x0=1, y0=0.5)"};
  toy.optimizers = {{"newton", {1}}, {"damped_newton", {1}}, {"saddle_free_newton", {1}}};
  toy.batch_size = {0};
  toy.seed = {0};
  toy.steps = {8};
  toy.observe = {"even(count=8)"};
  return toy;
}

// Full batch, or large mini-batches: then every step is of another function.
std::vector<Grid> learning(std::string problem, std::int64_t batch_size, std::int64_t steps,
                           std::vector<std::int64_t> seeds) {
  Grid all = grid({std::move(problem)}, steps);
  append(all.optimizers, {{"momentum", {1e-3, 1e-2, 0.1}}});
  all.batch_size = {batch_size};
  all.seed = std::move(seeds);
  Grid expensive = all;
  expensive.optimizers = {{"newton_cg", {1}}, {"hessian_free", {1}}};
  expensive.steps = {std::max<std::int64_t>(steps / 4, 1)};
  return {all, expensive};
}

// Convex problems of LIBSVM, for those who have the files.
std::vector<Grid> logistic(std::int64_t train, std::int64_t steps,
                           std::vector<std::int64_t> seeds) {
  std::vector<Grid> all;
  for (const char* data : {"a9a", "w8a", "mushrooms"})
    for (Grid& grid : learning("logreg(l2=0.0001, data=" + std::string(data) +
                                   ", train=" + std::to_string(train) + ")",
                               0, steps, seeds)) {
      grid.if_data = true;
      all.push_back(std::move(grid));
    }
  return all;
}

// Curvature methods take few expensive steps where first-order rules take many cheap ones: the
// budgets of steps below cost about the same number of gradients.
struct Budget {
  std::int64_t first_order, line_searching, hessian_free;
};

// The deep autoencoder of curves (Hinton and Salakhutdinov 2006; Martens 2010), reduced: smaller
// layers and fewer examples, but sparse initialization and squared error as there.
std::vector<Grid> autoencoder(std::int64_t examples, const std::string& hidden,
                              std::vector<std::int64_t> seeds, const Budget& budget) {
  const auto part = [&](std::vector<OptimizerChoice> optimizers, std::int64_t steps) {
    Grid grid;
    grid.problem = {"autoencoder(data=curves, hidden=" + hidden +
                    ", code=6, report=squared_error, l2=2e-5, train=" + std::to_string(examples) +
                    ")"};
    grid.optimizers = std::move(optimizers);
    grid.initializer = {"sparse"};
    grid.batch_size = {0};
    grid.seed = seeds;
    grid.steps = {steps};
    return grid;
  };
  return {part({{"sgd", {0.03}}, {"nesterov", {0.003, 0.01, 0.02}}, {"adam", {0.003, 0.01}}},
               budget.first_order),
          part(line_searching(), budget.line_searching),
          part({{"hessian_free(weight_cost=2e-5)", {1}}}, budget.hessian_free)};
}

std::vector<Grid> joined(std::vector<Grid> all, const std::vector<std::vector<Grid>>& more) {
  for (const std::vector<Grid>& grids : more) all.insert(all.end(), grids.begin(), grids.end());
  return all;
}

std::vector<Grid> grids(Scale scale) {
  if (scale == Scale::kQuick)
    return joined(
        {dense_grid({"rosenbrock", "rosenbrock(dimension=20)"}, 200), termination(10), saddle()},
        {learning("logreg(data=glyphs, train=500, l2=0.001)", 0, 30, {0, 1}),
         autoencoder(100, "20-10", {0}, {30, 20, 2})});
  const std::vector<Grid> functions = {
      dense_grid({"rosenbrock", "rosenbrock(dimension=10)", "rosenbrock(dimension=100)"}, 1000),
      grid({"rosenbrock(dimension=1000)"}, 5000),
      grid({"quadratic(dimension=100, condition=1e4)", "quadratic(dimension=100, condition=1e6)"},
           1000),
      termination(10),
      termination(30),
      saddle()};
  const std::vector<std::int64_t> few = {0, 1, 2}, more = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::string mlp = "mlp(data=glyphs, hidden=32, activation=tanh, train=";
  std::vector<Grid> all = joined(
      functions, {learning("logreg(data=glyphs, train=1000, l2=0.001)", 0, 60, few),
                  learning(mlp + "1000)", 0, 60, few), learning(mlp + "2000)", 500, 40, few)});
  if (scale == Scale::kStandard)
    return joined(all, {logistic(2000, 60, {0}), autoencoder(100, "30-15", more, {1500, 800, 24})});
  all = joined(all, {logistic(0, 300, few)});
  // 8 x 8 pixels: the one network that is small enough for dense Hessians.
  Grid dense = dense_grid({"mlp(data=optdigits, hidden=8, activation=tanh, l2=0.0001)"}, 50);
  dense.seed = few;
  all.push_back(dense);
  return joined(all, {autoencoder(5000, "400-200-100-50-25", few, {15000, 6000, 100})});
}

}  // namespace

int main(int argc, char** argv) {
  return ravine::suite_main(
      argc, argv,
      {.name = "second-order",
       .question =
           "What does curvature gain, and at what cost?\n"
           "Newton, quasi-Newton and conjugate-gradient methods beside first-order rules, all on\n"
           "the full batch in double precision. Curves carry gradient evaluations, loss\n"
           "evaluations, curvature products and seconds; figures can use any of them as axis.\n",
       .grids = grids,
       .checks = ravine::second_order::all_checks});
}
