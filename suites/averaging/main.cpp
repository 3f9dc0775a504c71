// ravine-averaging: what averages of the iterates are worth, convex and not (double precision).

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "averaging/checks.hpp"
#include "ravine/cli/suite_main.hpp"

namespace {

using ravine::Grid;
using ravine::Scale;

std::vector<std::int64_t> first_seeds(std::int64_t count) {
  std::vector<std::int64_t> seeds(static_cast<std::size_t>(count));
  std::iota(seeds.begin(), seeds.end(), 0);
  return seeds;
}

Grid grid(std::string problem, std::vector<double> rates, std::string averaging) {
  Grid grid;
  grid.problem = {std::move(problem)};
  grid.optimizers = {{"sgd", std::move(rates)}};
  grid.averaging = {std::move(averaging)};
  grid.seed = first_seeds(10);
  return grid;
}

// L33: rates near 2 bounce from wall to wall.
Grid bouncing() {
  Grid ravine = grid("quadratic(condition=20)", {0.5, 1.9}, "polyak, ema(decay=0.9)");
  ravine.seed = {0};
  ravine.steps = {100};
  ravine.observe = {"even(count=100)"};
  return ravine;
}

// L34: the noise keeps an iterate away from the minimum unless the rate decays.
Grid noisy_quadratic() {
  Grid convex = grid("quadratic(dimension=20, condition=10, noise=0.3)", {0.1, 0.3, 1},
                     "polyak, polyak(start=0.5), ema(decay=0.9), ema(decay=0.99), ema");
  convex.schedule = {"constant", "inverse_sqrt(k0=100)", "inverse(k0=100)"};
  convex.seed = first_seeds(40);  // how fast one average falls is a noisy number
  convex.steps = {10000};
  convex.observe = {"even(count=100)"};
  return convex;
}

Grid logistic(std::int64_t train) {
  Grid convex =
      grid(fmt::format("logreg(data=ill_conditioned, l2=0.001, train={})", train), {0.1, 0.3, 1},
           "polyak, polyak(start=0.5), ema(decay=0.9), ema(decay=0.99), ema");
  convex.schedule = {"constant", "inverse_sqrt(k0=100)"};
  convex.batch_size = {8};
  convex.epochs = {20};
  convex.observe = {"even(count=20)"};
  return convex;
}

// L35, L36: the regions that a network passes through have little to do with each other.
Grid network(int hidden, std::int64_t train) {
  Grid deep = grid(fmt::format("mlp(data=glyphs, hidden={}, train={})", hidden, train), {0.1, 0.3},
                   "polyak, ema(decay=0.9), ema(decay=0.98)");
  deep.schedule = {"constant", "linear"};
  deep.batch_size = {32};
  deep.epochs = {15};
  deep.observe = {"even(count=15)"};
  return deep;
}

// Bottou (2010, 2012): SGD with eps_0 / (1 + lambda eps_0 t) for 20 passes, averaged SGD with the
// power 3/4 of that for 2, averaging from the second pass on. One eps_0 fixes k0 for all rates, so
// that validation may choose among them; the rates are those around the best of wider searches. The
// average of SGD is that of its last step alone, the iterate itself: a claim compares equal
// columns.
std::vector<Grid> bottou(std::int64_t train) {
  Grid sgd = grid(fmt::format("logreg(data=ill_conditioned, l2=1e-5, train={})", train),
                  {0.005, 0.01, 0.025, 0.05}, "polyak(start=0.999999)");
  sgd.schedule = {"inverse(k0=2e6)"};  // 1 / (lambda eps_0) for eps_0 = 0.05
  sgd.batch_size = {1};
  sgd.epochs = {20};
  sgd.observe = {"even(count=20)"};
  Grid averaged = sgd;
  averaged.averaging = {"polyak(start=0.5)"};
  averaged.optimizers = {{"sgd", {0.05, 0.1}}};
  averaged.schedule = {"inverse_power(k0=2e6)"};
  averaged.epochs = {2};
  return {sgd, averaged};
}

std::vector<Grid> grids(Scale scale) {
  const bool quick = scale == Scale::kQuick;
  std::vector<Grid> all = {bouncing(), noisy_quadratic(), logistic(quick ? 200 : 2000)};
  if (scale == Scale::kPaper) {
    all.push_back(network(100, 0));
    all.back().problem.push_back("mnist_mlp");
  } else {
    all.push_back(quick ? network(8, 128) : network(32, 2000));
  }
  for (Grid& one : bottou(quick ? 300 : 20000)) all.push_back(std::move(one));
  if (quick)
    for (Grid& one : all) one.seed.resize(std::min<std::size_t>(one.seed.size(), 2));
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  return ravine::suite_main(
      argc, argv,
      {.name = "averaging",
       .question =
           "How much do averages of the iterates help?\n"
           "Polyak's average and exponential ones of several lengths ride side by side on every\n"
           "trial, so they and the raw iterate share each step: on convex problems with noise, on\n"
           "a network, and as averaged SGD in Bottou's setting. Exact variances are stored as\n"
           "checks.\n",
       .grids = grids,
       .checks = ravine::averaging::all_checks});
}
