#include "ravine/plan/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/grids.hpp"
#include "ravine/data/file_catalog.hpp"

namespace ravine {
namespace {

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

}  // namespace
}  // namespace ravine
