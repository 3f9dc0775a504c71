#include "ravine/plan/plan.hpp"

#include <gtest/gtest.h>

#include <map>

#include <algorithm>
#include <limits>
#include <set>

#include "ravine/data/file_catalog.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

std::vector<Grid> small_grids() {
  Grid grid;
  grid.problem = {"rosenbrock", "mlp(data=glyphs, hidden=8, train=256)"};
  grid.optimizers = {{"sgd", {0.1, 0.01}}, {"momentum(beta=0.5)", {0.1}}};
  grid.batch_size = {32};
  grid.seed = {0, 1};
  grid.steps = {16};
  return {grid};
}

TEST(Plan, IsTheCrossProductWithUniqueIdsInAFixedOrder) {
  const auto plan = make_plan(small_grids(), "", Catalogs{});
  ASSERT_EQ(plan.size(), 12u);
  std::set<std::string> ids;
  for (const auto& planned : plan) ids.insert(planned.id);
  EXPECT_EQ(ids.size(), 12u);
  const auto again = make_plan(small_grids(), "", Catalogs{});
  for (std::size_t i = 0; i < plan.size(); ++i) EXPECT_EQ(plan[i].id, again[i].id);
  EXPECT_EQ(plan[0].trial.seed, 0);
  EXPECT_EQ(plan[1].trial.seed, 1);
  EXPECT_EQ(plan[0].trial.batch_size, 0);  // a function has no batches
}

TEST(Plan, EqualTrialsAppearOnce) {
  auto grids = small_grids();
  grids.push_back(grids.front());
  grids.front().optimizers.push_back({"momentum(beta=0.50)", {0.1}});
  EXPECT_EQ(make_plan(grids, "", Catalogs{}).size(), 12u);
}

TEST(Plan, ATargetThatTheProblemCannotHaveIsRefused) {
  auto grids = small_grids();
  grids.front().target = {"train_loss<=0.1"};  // both problems
  EXPECT_EQ(make_plan(grids, "", Catalogs{}).size(), 12u);
  for (const char* target : {"test_accuracy>=0.9", "validation_loss<=1"}) {
    grids.front().target = {target};
    try {
      make_plan(grids, "", Catalogs{});
      ADD_FAILURE() << target;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("rosenbrock"), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("measures only objective, train_loss;"),
                std::string::npos)
          << error.what();
    }
  }
}

TEST(Plan, LeavesOutOptionalProblemsWithoutTheirFiles) {
  auto grids = small_grids();
  grids.front().problem.push_back("logreg(data=a9a)");
  const Catalogs catalogs;
  Planner nowhere("", catalogs);
  EXPECT_THROW(make_plan(grids, nowhere), MissingData);
  EXPECT_TRUE(leave_out_missing_data(grids, nowhere).empty()) << "only where a grid allows it";
  grids.front().if_data = true;
  EXPECT_EQ(leave_out_missing_data(grids, nowhere), std::vector<std::string>{"logreg(data=a9a)"});
  EXPECT_EQ(make_plan(grids, nowhere).size(), 12u);
  EXPECT_TRUE(nowhere.understood().empty());
  grids.front().problem = {"logreg(data=a9)"};  // misuse stays misuse
  EXPECT_THROW(leave_out_missing_data(grids, nowhere), Error);
}

Grid deep_quadratic() {
  Grid grid;
  grid.problem = {"quadratic_deep"};
  grid.optimizers = {{"sgd", {0.01}}};
  grid.seed = {0};
  grid.epochs = {3};
  return grid;
}

// Schneider et al. (2019): 1000 rows make 7 whole batches of 128.
TEST(Plan, AProblemBringsItsPublishedProtocol) {
  const auto plan = make_plan({deep_quadratic()}, "", Catalogs{});
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].trial.batch_size, 128);
  EXPECT_EQ(plan[0].trial.shuffle, "fixed");
  EXPECT_FALSE(plan[0].trial.keep_last);
  EXPECT_EQ(plan[0].trial.divergence, "never");
  EXPECT_EQ(plan[0].total_steps, 3 * 7);
  EXPECT_NE(plan[0].spec.find("shuffle = fixed\nkeep_last = false\n"), std::string::npos);
}

TEST(Plan, WhatAGridSaysOverrulesTheProblem) {
  Grid grid = deep_quadratic();
  grid.batch_size = {100, 250};
  grid.shuffle = {"per_epoch"};
  grid.keep_last = {true};
  grid.divergence = {"1e6"};
  const auto plan = make_plan({grid}, "", Catalogs{});
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].total_steps, 3 * 10);
  EXPECT_EQ(plan[1].total_steps, 3 * 4);
  EXPECT_EQ(plan[1].trial.shuffle, "per_epoch");
  EXPECT_TRUE(plan[1].trial.keep_last);
  EXPECT_EQ(plan[1].trial.divergence, "1000000");
  EXPECT_NE(plan[1].spec.find("divergence = 1000000\n"), std::string::npos);
}

TEST(Plan, AProblemWithoutAProtocolHasThatOfAnyTrial) {
  Grid grid = deep_quadratic();
  grid.problem = {"logreg(data=glyphs)"};
  const Trial any, planned = make_plan({grid}, "", Catalogs{})[0].trial;
  EXPECT_EQ(planned.batch_size, any.batch_size);
  EXPECT_EQ(planned.shuffle, any.shuffle);
  EXPECT_EQ(planned.keep_last, any.keep_last);
  EXPECT_EQ(planned.divergence, any.divergence);
}

// 50 examples: a batch of 49 leaves one, which has no variance.
TEST(Plan, BatchNormalizationNeedsTwoExamples) {
  const auto steps = [](const char* batch_norm, std::int64_t batch_size) {
    Grid grid;
    grid.problem = {"mlp(data=glyphs, hidden=4, train=50)"};
    grid.optimizers = {{"sgd", {0.1}}};
    grid.batch_norm = {batch_norm};
    grid.batch_size = {batch_size};
    grid.epochs = {3};
    return make_plan({grid}, "", Catalogs{}).front().total_steps;
  };
  for (const char* placement : {"hidden", "input+hidden"}) {
    try {
      steps(placement, 1);
      FAIL() << "a batch of one was accepted";
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(),
                   "batch size 1 is too small: batch normalization needs at least 2 examples for a "
                   "variance; use --batch-size 2 or more, or --batch-norm off");
    }
    EXPECT_EQ(steps(placement, 49), 3);
    EXPECT_EQ(steps(placement, 48), 6);
    EXPECT_EQ(steps(placement, 0), 3);
  }
  EXPECT_EQ(steps("off", 1), 150);
  EXPECT_EQ(steps("off", 49), 6);
}

TEST(Plan, VersionsSayWhichBatchNormalizationItWas) {
  Grid grid;
  grid.problem = {"mlp(data=glyphs, hidden=4, train=50)"};
  grid.optimizers = {{"sgd", {0.1}}};
  grid.batch_norm = {"off", "hidden"};
  grid.seed = {0};
  grid.epochs = {3};
  grid.batch_size = {10};
  const auto plan = make_plan({grid}, "", Catalogs{});
  EXPECT_EQ(plan[0].spec.find("batch norm"), std::string::npos);
  EXPECT_NE(plan[1].spec.find(", batch norm 2\n"), std::string::npos);
}

// A table with a target for regression in column 1 and one with classes in column 3.
class OwnFile : public ::testing::Test {
 protected:
  OwnFile() {
    std::string text = "label,x,flag\n";
    for (int i = 0; i < 20; ++i) text += fmt::format("{}.5,{},{}\n", i, 0.1 * (i % 7), i % 2);
    folder_.write("a,b.csv", text);
  }
  std::vector<std::string> understood(const std::string& problem) {
    Grid grid = deep_quadratic();
    grid.problem = {problem};
    grid.batch_size = {4};
    const Catalogs catalogs;
    Planner planner(folder_.path(), catalogs);
    make_plan({grid}, planner);
    return planner.understood();
  }
  std::string refusal(const std::string& problem) {
    return refusal_of([&] { understood(problem); });
  }
  TemporaryFolder folder_;
};

TEST_F(OwnFile, SaysWhatWasUnderstood) {
  EXPECT_EQ(understood("logreg(data=\"./a,b.csv\")"),
            std::vector<std::string>{
                "a,b.csv: 20 rows, 2 features, target: column 3 'flag', line 1 is a header, 2 "
                "classes (task=regression if these are quantities)"});
  EXPECT_EQ(understood("mlp(data=\"a,b.csv\", hidden=4, loss=squared, target=first)"),
            std::vector<std::string>{"a,b.csv: 20 rows, 2 features, target: column 1 'label', line "
                                     "1 is a header, regression"});
  EXPECT_TRUE(understood("logreg(data=glyphs, train=20)").empty());
}

TEST_F(OwnFile, WhatDoesNotFitIsRefusedWhenThePlanIsMade) {
  expect_contains(refusal("logreg(data=\"a,b.csv\", target=label)"), "use mlp with loss=squared");
  expect_contains(refusal("mlp(data=\"a,b.csv\", hidden=4, loss=squared)"),
                  "set task=classes or task=regression");
  expect_contains(
      refusal("mlp(data=\"a,b.csv\", hidden=4, loss=bernoulli, target=label)"),
      "loss=bernoulli needs targets in [0, 1], but those of 'a,b.csv' range from 0.5 to 19.5");
  expect_contains(refusal("autoencoder(data=\"a,b.csv\", hidden=4, code=2)"),
                  "loss=bernoulli needs inputs in [0, 1]");
  expect_contains(
      refusal("autoencoder(data=glyphs, train=50, hidden=4, code=2, scale=standardize)"),
      "loss=bernoulli needs inputs in [0, 1]");
  EXPECT_EQ(refusal("mlp(data=\"a,b.csv\", hidden=4, loss=squared, task=regression)"), "");
  EXPECT_EQ(refusal("autoencoder(data=curves, train=50, hidden=4, code=2)"), "");
}

TEST_F(OwnFile, IsTheSameTrialWhereverItLies) {
  Grid grid = deep_quadratic();
  grid.batch_size = {4};
  grid.problem = {"logreg(data=\"a,b.csv\")",
                  "logreg(data=\"" + folder_.path().string() + "/a,b.csv\")"};
  const std::string folder = folder_.path();
  const auto plan = make_plan({grid}, folder, Catalogs{});
  grid.problem.pop_back();
  EXPECT_EQ(plan.size(), make_plan({grid}, folder, Catalogs{}).size());
  EXPECT_NE(plan[0].spec.find("problem = logreg(data=\"a,b.csv\", "), std::string::npos);
  EXPECT_NE(plan[0].spec.find("data = a,b.csv:"), std::string::npos) << plan[0].spec;
  // One name, two contents.
  std::filesystem::create_directory(folder_ / "other");
  folder_.write("other/a,b.csv", "x,y\n1.5,0\n2.5,1\n3.5,0\n0.5,1\n1.5,1\n2.5,0\n");
  grid.problem.push_back("logreg(data=\"other/a,b.csv\")");
  expect_contains(refusal_of([&] { make_plan({grid}, folder, Catalogs{}); }),
                  "two files with different contents");
}

TEST(Plan, AbsurdBudgetsAreRefusedBeforeTheyCostAnything) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  auto grids = small_grids();
  grids.front().problem = {"mlp(data=glyphs, hidden=8, train=256)"};
  for (const std::int64_t absurd : {kMost, kMost / 2, std::int64_t{100'000'000'000}}) {
    grids.front().epochs = {absurd};
    grids.front().steps.clear();
    EXPECT_THROW(make_plan(grids, "", Catalogs{}), Error) << absurd;
    grids.front().epochs.clear();
    grids.front().steps = {absurd};
    EXPECT_THROW(make_plan(grids, "", Catalogs{}), Error) << absurd;
  }
  grids.front().observe = {"even(count=50)"};
  EXPECT_EQ(make_plan(grids, "", Catalogs{}).front().total_steps, 100'000'000'000);
}

TEST(Plan, AProductOfTooManyValuesIsRefusedBeforeItIsMade) {
  auto grids = small_grids();
  check_plan_size(grids, std::nullopt);
  check_plan_size(grids, 100000);
  grids.front().seed.assign(1'000'000, 0);
  EXPECT_THROW(check_plan_size(grids, std::nullopt), Error);
  EXPECT_THROW(check_plan_size(grids, 2), Error);
}

TEST(Plan, AnEmptyFactorIsRefused) {
  auto grids = small_grids();
  grids.front().problem.clear();
  EXPECT_THROW(make_plan(grids, "", Catalogs{}), Error);
}

TEST(Plan, RowsHoldEveryComponentParameter) {
  const auto plan = make_plan(small_grids(), "", Catalogs{});
  const auto cells = describe(plan.back(), Catalogs{});
  const auto number = [&](const char* name) {
    for (const Cell& cell : cells)
      if (cell.name == name) return std::get<double>(cell.value);
    return -1.0;
  };
  EXPECT_EQ(number("optimizer_beta"), 0.5);
  EXPECT_EQ(number("learning_rate"), 0.1);
}

TEST(Plan, RowsHoldTheParametersOfWhatComponentsHold) {
  auto grids = small_grids();
  grids.front().optimizers = {{"lookahead(inner=lookahead(inner=adam(beta1=0.8)))", {0.1}}};
  grids.front().schedule = {"warmup(then=linear(tau=0.5))"};
  const auto cells = describe(make_plan(grids, "", Catalogs{}).front(), Catalogs{});
  const auto value = [&](const char* name) -> decltype(Cell::value) {
    for (const Cell& cell : cells)
      if (cell.name == name) return cell.value;
    return std::string("none");
  };
  EXPECT_EQ(std::get<double>(value("optimizer_inner_inner_beta1")), 0.8);
  EXPECT_EQ(std::get<double>(value("optimizer_inner_alpha")), 0.5);
  EXPECT_EQ(std::get<std::string>(value("optimizer_inner_inner")),
            "adam(beta1=0.8, beta2=0.999, epsilon=1e-08, bias_correction=true)");
  EXPECT_EQ(std::get<std::string>(value("schedule_then")),
            "linear(final=0.01, tau=0.5, initial=1)");
  EXPECT_EQ(std::get<double>(value("schedule_then_tau")), 0.5);
}

TEST(Plan, ShardsPartitionItAndBalanceTheWork) {
  auto grids = small_grids();
  grids.front().problem = {"mlp(data=glyphs, hidden=8, train=256)"};
  grids.front().seed = {0, 1, 2, 3, 4, 5, 6};
  const auto plan = make_plan(grids, "", Catalogs{});
  std::set<std::string> ids;
  double least = 1e300, most = 0;
  for (int shard = 0; shard < 4; ++shard) {
    double work = 0;
    for (const auto& planned : shard_of(plan, shard, 4)) {
      EXPECT_TRUE(ids.insert(planned.id).second);
      work += planned.gigaflops;
    }
    least = std::min(least, work);
    most = std::max(most, work);
  }
  EXPECT_EQ(ids.size(), plan.size());
  EXPECT_LE(most - least, plan.front().gigaflops * 1.001);
}

// Another value of every field, so that a new one is missed here until it is told everywhere.
TEST(TrialFields, EachIsAFlagAColumnAndPartOfTheIdentity) {
  const std::map<std::string, std::string> others = {
      {"problem", "mlp(data=glyphs, hidden=5, train=50)"},
      {"batch_norm", "hidden"},
      {"initializer", "glorot_uniform"},
      {"optimizer", "adam"},
      {"schedule", "linear"},
      {"averaging", "polyak"},
      {"learning_rate", "0.25"},
      {"batch_size", "5"},
      {"shuffle", "iid"},
      {"keep_last", "false"},
      {"epochs", "3"},
      {"steps", "7"},
      {"seed", "1"},
      {"observe", "even(count=3)"},
      {"divergence", "never"},
      {"target", "test_accuracy>=0.97"},
      {"record", "diagnostics"}};
  const Catalogs catalogs;
  Planner planner("", catalogs);
  Trial base;
  base.problem = "mlp(data=glyphs, hidden=4, train=50)";
  base.batch_size = 10;
  base.epochs = 2;
  const PlannedTrial first = planner.prepare(base);
  const auto cell = [&](const PlannedTrial& planned, const std::string& name) {
    for (const Cell& one : describe(planned, catalogs))
      if (one.name == name)
        return std::visit([](const auto& value) { return fmt::format("{}", value); }, one.value);
    return std::string("none");
  };
  base.each([&](const std::string& name, const auto&, const char*, const char* meaning,
                const FieldUse& use) {
    ASSERT_TRUE(others.contains(name)) << name;
    EXPECT_STRNE(meaning, "") << name;
    Trial changed = base;
    if (name == "steps") changed.epochs = 0;
    read_fields(Component{"trial", {{name, others.at(name)}}}, changed);
    const PlannedTrial second = planner.prepare(changed);
    EXPECT_NE(first.id, second.id) << name;
    const std::string column = use.role == Role::kBudget ? "budget_steps" : name;
    EXPECT_NE(cell(first, column), cell(second, column)) << name;
  });
}

}  // namespace
}  // namespace ravine
