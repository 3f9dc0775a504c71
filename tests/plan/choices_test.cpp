#include "ravine/plan/choices.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "ravine/optim/catalog.hpp"

namespace ravine {
namespace {

TEST(Choices, LogarithmicGridsKeepTheirEndsAndTheirCount) {
  for (const auto& [low, high, count] : std::vector<std::tuple<double, double, int>>{
           {1, 1.001, 5}, {1.0004, 1.02, 9}, {1.23456e-4, 1, 9}, {1, 1e-4, 9}, {1, 1 + 1e-12, 3}}) {
    const auto rates = log_spaced(low, high, count);
    ASSERT_EQ(rates.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(rates.front(), low);
    EXPECT_EQ(rates.back(), high);
    for (std::size_t i = 1; i < rates.size(); ++i) EXPECT_EQ(rates[i - 1] < rates[i], low < high);
  }
  EXPECT_EQ(log_spaced(1, 1.001, 5), (std::vector<double>{1, 1.0002, 1.0005, 1.0007, 1.001}));
  // What existing runs are named by.
  EXPECT_EQ(log_spaced(1e-4, 1, 9),
            (std::vector<double>{1e-4, 3.16e-4, 1e-3, 3.16e-3, 0.01, 0.0316, 0.1, 0.316, 1}));
}

TEST(Choices, ReplaceTheListsOfTheGrids) {
  Grid grid;
  grid.problem = {"a", "b"};
  grid.optimizers = {{"sgd", {1}}, {"adam", {0.1, 0.2}}};
  grid.epochs = {3};
  TrialLists given;
  given.problem = {"c"};
  given.optimizer = {"adam(beta1=0.8)", "lion"};
  given.steps = {50};
  const auto grids = apply(given, {grid, grid}, optimizer_catalog());
  ASSERT_EQ(grids.size(), 1u);
  EXPECT_EQ(grids[0].problem, std::vector<std::string>{"c"});
  EXPECT_EQ(grids[0].optimizers[0].learning_rates, (std::vector<double>{0.1, 0.2}));
  EXPECT_EQ(grids[0].optimizers[1].learning_rates, (std::vector<double>{1e-4, 3.16e-4}));
  EXPECT_TRUE(grids[0].epochs.empty());
  EXPECT_EQ(grids[0].steps, std::vector<std::int64_t>{50});
}

TEST(Choices, ARuleThatTheSuiteDoesNotTryGetsAsManyRatesAsTheOthers) {
  Grid grid;
  grid.problem = {"a"};
  grid.optimizers = {{"sgd", {0.03, 0.1, 0.3, 1}}, {"adam", {1e-3, 1e-2}}};
  TrialLists given;
  given.optimizer = {"momentum", "lbfgs", "adam_paper", "sgd"};
  const auto choices = apply(given, {grid}, optimizer_catalog()).front().optimizers;
  // Half decades around 0.01, as many below as above or one fewer.
  EXPECT_EQ(choices[0].learning_rates, (std::vector<double>{3.16e-3, 0.01, 0.0316, 0.1}));
  EXPECT_EQ(choices[1].learning_rates, (std::vector<double>{1e-4, 2.15e-3, 0.0464, 1}));
  EXPECT_EQ(choices[2].learning_rates, (std::vector<double>{1e-3, 1e-2}));  // it is an adam
  EXPECT_EQ(without_own_rates(given, {grid}, optimizer_catalog()),
            std::vector<std::string>{"lbfgs"});
  given.learning_rate = {0.1};
  EXPECT_TRUE(without_own_rates(given, {grid}, optimizer_catalog()).empty());
}

TEST(Choices, AnOptimizerNarrowsEachGridAndJoinsAllIfNoneTriesIt) {
  Grid both, one;
  both.problem = {"a"};
  both.optimizers = {{"sgd", {1}}, {"adam", {0.1, 0.2}}};
  one.problem = {"b"};
  one.optimizers = {{"momentum", {0.3}}};
  Grid own = both;
  own.problem = {"c"};
  own.optimizers = {{"adam(beta2=0.99)", {0.5}}};
  const auto names = [](const Grid& grid) {
    std::vector<std::string> all;
    for (const OptimizerChoice& choice : grid.optimizers) all.push_back(choice.optimizer);
    return all;
  };
  using Names = std::vector<std::string>;
  TrialLists given;
  given.optimizer = {"adam"};
  auto grids = apply(given, {both, one, own}, optimizer_catalog());
  ASSERT_EQ(grids.size(), 2u);  // "b" does not try adam
  EXPECT_EQ(grids[0].problem, Names{"a"});
  EXPECT_EQ(names(grids[0]), Names{"adam"});
  EXPECT_EQ(grids[1].problem, Names{"c"});
  EXPECT_EQ(grids[1].optimizers[0].learning_rates, std::vector<double>{0.5});
  given.optimizer = {"lion", "momentum"};
  grids = apply(given, {both, one, own}, optimizer_catalog());
  ASSERT_EQ(grids.size(), 3u);
  EXPECT_EQ(names(grids[0]), Names{"lion"});
  EXPECT_EQ(names(grids[1]), (Names{"lion", "momentum"}));
  given.problem = {"d"};  // of the grid that is its template, nothing is left out
  grids = apply(given, {both, one}, optimizer_catalog());
  ASSERT_EQ(grids.size(), 1u);
  EXPECT_EQ(names(grids[0]), (Names{"lion", "momentum"}));
}

TEST(Choices, RatesOfARuleThatAnyGridTriesAreTheSuitesOwn) {
  Grid first, second;
  first.optimizers = {{"sgd", {1}}};
  second.optimizers = {{"lbfgs", {1}}};
  TrialLists given;
  given.optimizer = {"lbfgs"};
  EXPECT_TRUE(without_own_rates(given, {first, second}, optimizer_catalog()).empty());
  given.problem = {"a"};  // whose template is the first grid
  EXPECT_EQ(without_own_rates(given, {first, second}, optimizer_catalog()),
            std::vector<std::string>{"lbfgs"});
}

TEST(Choices, LeaveTheProtocolToTheProblemUnlessTheySpeakOfIt) {
  const Grid silent = apply({}, {Grid{}}, optimizer_catalog()).front();
  EXPECT_TRUE(silent.shuffle.empty() && silent.keep_last.empty() && silent.divergence.empty());
  EXPECT_TRUE(silent.batch_size.empty());
  TrialLists given;
  given.shuffle = {"iid"};
  given.keep_last = {true};
  given.divergence = {"never"};
  const Grid spoken = apply(given, {Grid{}}, optimizer_catalog()).front();
  EXPECT_EQ(spoken.shuffle, std::vector<std::string>{"iid"});
  EXPECT_EQ(spoken.keep_last, std::vector<bool>{true});
  EXPECT_EQ(spoken.divergence, std::vector<std::string>{"never"});
}

}  // namespace
}  // namespace ravine
