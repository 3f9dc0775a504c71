#include "ravine/run/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace ravine {
namespace {

std::vector<Grid> small_grids() {
  Grid grid;
  grid.problems = {"rosenbrock", "mlp(data=glyphs, hidden=8, train=256)"};
  grid.optimizers = {{"sgd", {0.1, 0.01}}, {"momentum(alpha=0.5)", {0.1}}};
  grid.batch_sizes = {32};
  grid.seeds = {0, 1};
  grid.steps = 16;
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
  grids.front().optimizers.push_back({"momentum(alpha=0.50)", {0.1}});
  EXPECT_EQ(make_plan(grids, "", Catalogs{}).size(), 12u);
}

TEST(Plan, AnEmptyFactorIsRefused) {
  auto grids = small_grids();
  grids.front().problems.clear();
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
  EXPECT_EQ(number("optimizer_alpha"), 0.5);
  EXPECT_EQ(number("learning_rate"), 0.1);
}

TEST(Plan, ShardsPartitionItAndBalanceTheWork) {
  auto grids = small_grids();
  grids.front().problems = {"mlp(data=glyphs, hidden=8, train=256)"};
  grids.front().seeds = {0, 1, 2, 3, 4, 5, 6};
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
