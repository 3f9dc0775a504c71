// ravine-batch-size: what one update costs and what it is worth, from one example to all.

#include <fmt/format.h>

#include <numeric>

#include "checks.hpp"
#include "ravine/cli/suite_main.hpp"
#include "ravine/problems/noisy_quadratic.hpp"

namespace {

using ravine::Grid;
using ravine::Scale;
using Rates = std::vector<double>;
using Seeds = std::vector<std::int64_t>;

constexpr std::int64_t kFull = 0;

Grid grid(std::string problem, Rates rates, std::int64_t steps, std::int64_t observations,
          Seeds seeds) {
  Grid grid;
  grid.problem = {std::move(problem)};
  grid.optimizers = {{"sgd", std::move(rates)}};
  grid.steps = {steps};
  grid.observe = {fmt::format("even(count={})", observations)};
  grid.seed = std::move(seeds);
  return grid;
}

// L6: at learning rate 0 theta stays, and the gradient norms of the steps show the noise alone.
Grid noise(std::string problem, std::int64_t steps, std::vector<std::int64_t> batches,
           Seeds seeds) {
  Grid still = grid(std::move(problem), {0}, steps, steps, std::move(seeds));
  still.batch_size = std::move(batches);
  still.shuffle = {"iid"};
  return still;
}

// L2, L7: seconds per update by the number of training examples, for small batches and for all.
std::vector<Grid> cost(std::vector<std::string> sizes, std::int64_t steps, std::int64_t passes,
                       Seeds seeds) {
  Grid small = grid("", {0.1}, steps, 1, seeds), full = grid("", {0.1}, passes, 1, seeds);
  small.batch_size = {64};
  full.batch_size = {kFull};
  for (Grid* one : {&small, &full}) {
    one->problem.clear();
    for (const std::string& size : sizes)
      one->problem.push_back("mlp(data=glyphs, hidden=64, train=" + size + ")");
  }
  return {small, full};
}

// Steps and examples to a target: a budget of its own for every batch size, and rates of which one
// suits it.
struct Budget {
  std::int64_t batch, steps;
  Rates rates;
};

std::vector<Grid> to_target(const std::string& problem, const std::string& target,
                            std::int64_t observations, const std::vector<Budget>& budgets,
                            const Seeds& seeds) {
  std::vector<Grid> grids;
  for (const Budget& budget : budgets) {
    Grid one = grid(problem, budget.rates, budget.steps, observations, seeds);
    one.batch_size = {budget.batch};
    one.target = {target};
    grids.push_back(std::move(one));
  }
  return grids;
}

// Zhang et al. (2019), Monte Carlo: as many steps as the closed form says that an expected loss of
// 0.1 takes, at the best of these rates. The claim on the losses is a pair of one-sided tests: it
// calls a wrong simulation right once in twenty times at most.
std::vector<Grid> noisy_quadratic(std::int64_t dimension, const std::vector<std::int64_t>& batches,
                                  const Seeds& seeds) {
  const ravine::NoisyQuadratic model{.dimension = dimension};
  std::vector<Grid> grids;
  for (const std::int64_t batch : batches) {
    double best_rate = 0;
    std::int64_t fewest = 0;
    for (const double rate : {0.1, 0.2, 0.4, 0.8, 1.2, 1.6}) {
      const std::int64_t steps = model.sgd_steps_to(0.1, rate, batch);
      if (steps < 0 || (fewest > 0 && steps >= fewest)) continue;
      best_rate = rate;
      fewest = steps;
    }
    grids.push_back(grid(fmt::format("noisy_quadratic(dimension={})", dimension), {best_rate},
                         fewest, 20, seeds));
    grids.back().batch_size = {batch};
  }
  return grids;
}

void append(std::vector<Grid>& all, std::vector<Grid> more) {
  for (Grid& one : more) all.push_back(std::move(one));
}

std::vector<Grid> grids(Scale scale) {
  if (scale == Scale::kQuick) {
    std::vector<Grid> all = {noise("logreg(data=glyphs, train=256)", 10, {1, 16, kFull}, {0, 1})};
    append(all, cost({"500", "1000"}, 50, 5, {0, 1}));
    append(all, to_target("logreg(data=glyphs, train=256)", "train_loss<=0.7", 20,
                          {{1, 2000, {0.03}}, {16, 500, {0.3}}, {kFull, 200, {1}}}, {0, 1}));
    append(all, noisy_quadratic(100, {256, 4096}, {0, 1}));
    return all;
  }
  const Seeds seeds = {0, 1, 2, 3, 4};
  const bool paper = scale == Scale::kPaper;
  const std::string data = paper ? "mnist" : "glyphs";
  std::vector<Grid> all = {noise(fmt::format("mlp(data={}, hidden=64, train=1024)", data), 50,
                                 {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, kFull}, seeds)};
  append(all, cost({"1000", "2000", "4000", "8000"}, 1000, 20, seeds));
  append(all,
         to_target(fmt::format("mlp(data={}, hidden=64, train=1024)", data), "train_loss<=0.1", 100,
                   {{1, 12000, {0.01, 0.03, 0.1}},
                    {4, 4000, {0.03, 0.1, 0.3}},
                    {16, 2000, {0.1, 0.3, 1}},
                    {64, 1000, {0.1, 0.3, 1}},
                    {256, 800, {0.1, 0.3, 1}},
                    {kFull, 600, {0.3, 1, 3}}},
                   seeds));
  Seeds forty(40);
  std::iota(forty.begin(), forty.end(), std::int64_t{0});
  append(all, noisy_quadratic(1000, {256, 1024, 4096}, forty));
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  return ravine::suite_main(
      argc, argv,
      {.name = "batch-size",
       .question =
           "What does a larger mini-batch gain, and at what cost?\n"
           "Noise of the gradient at one point, seconds per update, and steps and examples to a\n"
           "target, from one example per update to all of them; and the noisy quadratic model,\n"
           "which predicts all of it.\n",
       .grids = grids,
       .checks = ravine::batch_size::checks});
}
