// ravine-schedules: how the learning rate falls, and what that does to the noise of SGD.

#include <fmt/format.h>

#include "checks.hpp"
#include "ravine/cli/suite_main.hpp"

namespace {

using ravine::Grid;
using ravine::Scale;
using Rates = std::vector<double>;
using Seeds = std::vector<std::int64_t>;

Grid grid(std::string problem, std::vector<std::string> schedules, Rates rates, Seeds seeds) {
  Grid grid;
  grid.problem = {std::move(problem)};
  grid.optimizers = {{"sgd", std::move(rates)}};
  grid.schedule = std::move(schedules);
  grid.seed = std::move(seeds);
  return grid;
}

// L4: a round bowl of 100 dimensions with noise of the size of the first gradient. 1 / k is its
// best schedule and keeps both of the Robbins-Monro conditions; constant and 1 / sqrt k sum to
// infinity with their squares, 1 / k^2 not even without.
Grid robbins_monro(std::int64_t steps, Seeds seeds) {
  Grid bowl =
      grid("quadratic(dimension=100, condition=1, noise=1)",
           {"constant", "inverse(k0=1)", "inverse_sqrt(k0=1)", "inverse_power(k0=1, power=2)"},
           {0.1, 1}, std::move(seeds));
  bowl.steps = {steps};
  return bowl;
}

// L5 and its rivals. inverse and inverse_sqrt fall to 1 % and to 10 % over a hundred k0; with k0 a
// hundredth of the budget the curves are comparable.
std::vector<std::string> courses(std::int64_t steps) {
  return {"constant",
          "linear",
          fmt::format("inverse(k0={})", steps / 100),
          fmt::format("inverse_sqrt(k0={})", steps / 100),
          "step",
          "cosine",
          "exponential"};
}

Grid ravine_with_noise(std::int64_t steps, Rates rates, Seeds seeds) {
  Grid noisy = grid("quadratic(dimension=100, condition=100, noise=0.1)", courses(steps),
                    std::move(rates), std::move(seeds));
  noisy.steps = {steps};
  return noisy;
}

Grid learning(std::string problem, std::int64_t epochs, std::int64_t examples, Rates rates,
              Seeds seeds) {
  constexpr std::int64_t kBatch = 16;
  Grid data = grid(std::move(problem), courses(epochs * examples / kBatch), std::move(rates),
                   std::move(seeds));
  data.batch_size = {kBatch};
  data.epochs = {epochs};
  return data;
}

std::vector<Grid> grids(Scale scale) {
  if (scale == Scale::kQuick)
    return {robbins_monro(1000, {0, 1}), ravine_with_noise(1000, {0.3}, {0, 1}),
            learning("logreg(data=glyphs, train=500)", 4, 500, {0.3}, {0, 1})};
  const Seeds ten = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, five = {0, 1, 2, 3, 4};
  const Rates rates = {0.03, 0.1, 0.3, 1};
  std::vector<Grid> all = {robbins_monro(16384, ten), ravine_with_noise(10000, rates, ten)};
  if (scale == Scale::kStandard) {
    all.push_back(learning("logreg(data=glyphs, train=2000)", 16, 2000, rates, five));
    all.push_back(learning("mlp(data=glyphs, hidden=64, train=2000)", 16, 2000, rates, five));
  } else {
    all.push_back(learning("mnist_logreg", 10, 50000, rates, five));
    all.push_back(learning("mlp(data=mnist, hidden=100x2)", 10, 50000, rates, five));
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  return ravine::suite_main(
      argc, argv,
      {.name = "schedules",
       .question =
           "How should the learning rate fall?\n"
           "Constant, linear to tau, 1 / k, 1 / sqrt k, in steps, as a cosine and exponentially,\n"
           "each at several initial rates: on a noisy bowl, where theory predicts the noise that\n"
           "each schedule leaves, in a noisy ravine, on a convex problem and on a network.\n",
       .grids = grids,
       .checks = ravine::schedules::checks});
}
