#include "ravine/plan/tuning.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace ravine {
namespace {

std::vector<Grid> grids(std::vector<std::string> optimizers) {
  Grid grid;
  grid.problem = {"rosenbrock"};
  for (std::string& text : optimizers) grid.optimizers.push_back({std::move(text), {0.1}});
  grid.schedule = {"constant", "linear(final=0.01)"};
  grid.seed = {0, 1, 2};
  grid.steps = {4};
  return {grid};
}

struct Fixture {
  Catalogs catalogs;
  Planner planner{"", catalogs};
  Tuning tuning;
  explicit Fixture(std::vector<std::string> optimizers, int budget = 6)
      : tuning(grids(std::move(optimizers)), {}, {Search::Method::kRandom, budget}, planner,
               catalogs) {}
};

std::string label(const PlannedTrial& planned, const char* name) {
  for (const Cell& cell : planned.labels)
    if (cell.name == name) return std::get<std::string>(cell.value);
  return "";
}

TrialRecord record(const char* outcome, std::vector<Column> curve) {
  TrialRecord record;
  record.cells = {{"outcome", std::string(outcome), "", false}};
  record.curve = std::move(curve);
  return record;
}

// A search in which the given trial ends with the lowest objective.
Tuning::Find won_by(const std::string& winner) {
  return [winner](const std::string& id) {
    return record("completed", {{"objective", "", false, false, {3, id == winner ? 1.0 : 2.0}}});
  };
}

TEST(Tuning, EveryContestHasTheSameNumberOfSettingsWithTheTuningSeed) {
  const auto plan = Fixture({"sgd", "momentum"}).tuning.search();
  std::map<std::pair<std::string, std::string>, int> sizes;
  for (const PlannedTrial& planned : plan) {
    ++sizes[{label(planned, "contest"), planned.trial.schedule}];
    EXPECT_EQ(planned.trial.seed, kTuningSeed);
    EXPECT_EQ(label(planned, "stage"), "search");
  }
  ASSERT_EQ(sizes.size(), 4u);
  for (const auto& [contest, size] : sizes) EXPECT_EQ(size, 6) << contest.first;
}

TEST(Tuning, TheWinnerAndTheUntunedRuleRunOnFreshSeeds) {
  const Fixture f({"momentum"});
  const auto search = f.tuning.search();
  const auto plan = f.tuning.final_stage(won_by(search[3].id));
  std::map<std::string, std::set<std::int64_t>> seeds;
  for (const PlannedTrial& planned : plan) {
    if (planned.trial.schedule != search[3].trial.schedule) continue;
    seeds[label(planned, "setting")].insert(planned.trial.seed);
    const std::size_t setting = label(planned, "setting") == "tuned" ? 3 : 0;
    EXPECT_EQ(planned.trial.optimizer, search[setting].trial.optimizer);
    EXPECT_EQ(planned.trial.learning_rate, search[setting].trial.learning_rate);
  }
  const std::set<std::int64_t> fresh = {0, 1, 2};
  EXPECT_EQ(seeds["tuned"], fresh);
  EXPECT_EQ(seeds["default"], fresh);
}

TEST(Tuning, AnUnbeatenDefaultRunsOnce) {
  const Fixture f({"momentum"});
  const auto plan = f.tuning.final_stage(won_by("none"));  // all equal: the default is the first
  ASSERT_EQ(plan.size(), 6u);
  for (const PlannedTrial& planned : plan) EXPECT_EQ(label(planned, "setting"), "tuned default");
}

TEST(Tuning, ValidationAccuracyDecidesAndDivergenceLoses) {
  const Fixture f({"sgd"});
  const auto search = f.tuning.search();
  const auto curve = [](double objective, double accuracy) {
    return std::vector<Column>{{"objective", "", false, false, {objective}},
                               {"validation_accuracy", "", false, false, {accuracy, NAN}}};
  };
  const auto plan = f.tuning.final_stage([&](const std::string& id) {
    if (id == search[1].id) return record("diverged", curve(0, 1));
    if (id == search[2].id) return record("completed", curve(9, 0.8));
    return record("completed", curve(1, 0.5));
  });
  EXPECT_EQ(plan.front().trial.learning_rate, search[2].trial.learning_rate);
  EXPECT_EQ(label(plan.front(), "setting"), "tuned");
}

TEST(Tuning, AnotherOptimizerKeepsTheOthersTrials) {
  std::set<std::string> all;
  for (const auto& planned : Fixture({"sgd", "momentum", "adam"}).tuning.search())
    all.insert(planned.id);
  for (const auto& planned : Fixture({"sgd", "momentum"}).tuning.search())
    EXPECT_TRUE(all.count(planned.id));
}

TEST(Tuning, WhatCannotBeTunedFairlyIsRefused) {
  EXPECT_THROW(Fixture({"sgd", "bfgs"}), Error);                   // no range of its learning rate
  EXPECT_THROW(Fixture({"adam", "adam_paper"}), Error);            // both have the untuned Adam
  EXPECT_EQ(Fixture({"sgd", "sgd"}).tuning.search().size(), 12u);  // the same contest
}

TEST(Tuning, AnIncompleteSearchAndTheTuningSeedAreRefused) {
  const Fixture f({"sgd"});
  EXPECT_THROW(f.tuning.final_stage([](const std::string&) { return std::nullopt; }), Error);
  auto taken = grids({"sgd"});
  taken.front().seed.push_back(kTuningSeed);
  Catalogs catalogs;
  Planner planner("", catalogs);
  EXPECT_THROW(Tuning(taken, {}, {}, planner, catalogs), Error);
}

}  // namespace
}  // namespace ravine
