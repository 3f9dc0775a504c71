#include "problems.hpp"

namespace ravine {
namespace {

// The published rates of the DeepOBS baselines: Schneider, Balles and Hennig (2019). Their
// momentum, v <- alpha v + g and theta <- theta - eps v, takes the same steps at a constant rate.
Grid deep_quadratic(std::int64_t seeds) {
  Grid grid;
  grid.problem = {"quadratic_deep"};
  grid.optimizers = {{"sgd", {1.5848931925e-2}},
                     {"momentum(beta=0.99)", {2.5118864315e-3}},
                     {"adam", {3.9810717055e-2}}};
  grid.seed = first_seeds(seeds);
  grid.epochs = {100};
  return grid;
}

// Full batches, as in the theorem, and random ones.
std::vector<Grid> wilson(std::int64_t seeds) {
  Grid plain;
  plain.problem = {"wilson(positives=6, negatives=3)"};
  plain.optimizers = {{"sgd", {0.05}}, {"momentum", {0.01}}, {"nesterov", {0.01}}};
  plain.steps = {4000};
  plain.observe = {"even(count=40)"};
  plain.seed = {0};
  Grid adaptive = plain;
  adaptive.optimizers = {{"adagrad(epsilon=1e-12)", {0.05}},
                         {"rmsprop(rho=0.99, epsilon=1e-12)", {0.01}},
                         {"adam(epsilon=1e-12)", {0.01}}};
  adaptive.schedule = {"exponential(final=0.01)"};
  std::vector<Grid> all = {plain, adaptive, plain, adaptive};
  all[2].optimizers = {{"sgd", {0.05}}};
  all[3].optimizers = {{"adagrad(epsilon=1e-12)", {0.05}}, {"adam(epsilon=1e-12)", {0.01}}};
  for (const std::size_t random : {2, 3}) {
    all[random].batch_size = {1, 3};
    all[random].seed = first_seeds(seeds);
  }
  return all;
}

// eps_t = 0.5 / sqrt t: Reddi, Kale and Kumar (2018) do not state theirs.
std::vector<Grid> reddi(std::int64_t seeds) {
  Grid cyclic;
  cyclic.problem = {"reddi"};
  cyclic.optimizers = {{"adam(beta1=0.9, beta2=0.99)", {0.5}},
                       {"amsgrad(beta1=0.9, beta2=0.99)", {0.5}}};
  cyclic.schedule = {"inverse_sqrt"};
  cyclic.seed = {0};
  cyclic.steps = {300000};
  Grid stochastic = cyclic;
  stochastic.problem = {"reddi(stochastic=true)"};
  stochastic.seed = first_seeds(seeds);
  return {cyclic, stochastic};
}

}  // namespace

std::vector<Grid> exact_grids(Scale scale) {
  const bool quick = scale == Scale::kQuick;
  std::vector<Grid> all = {deep_quadratic(quick ? 5 : 10)};
  for (const auto& of : {wilson, reddi}) {
    const std::vector<Grid> more = of(quick ? 2 : 10);
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace ravine
