#include "ravine/run/options.hpp"

#include <gtest/gtest.h>

namespace ravine {
namespace {

TEST(Options, LearningRatesAreListsOrLogarithmicGrids) {
  EXPECT_EQ(parse_learning_rates("0.1, 0.01"), (std::vector<double>{0.1, 0.01}));
  EXPECT_EQ(parse_learning_rates("log(1e-4, 1, 5), 2"),
            (std::vector<double>{1e-4, 1e-3, 0.01, 0.1, 1, 2}));
  EXPECT_EQ(parse_learning_rates("log(0.1, 1, 3)")[1], 0.316);
  for (const char* bad : {"", "x", "-1", "log(1, 2)", "log(0, 1, 3)", "log(1, 2, 0)", "nan"})
    EXPECT_THROW(parse_learning_rates(bad), Error) << bad;
}

TEST(Options, SeedsAreACountOrARange) {
  EXPECT_EQ(parse_seeds("3"), (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_EQ(parse_seeds("5:8"), (std::vector<std::int64_t>{5, 6, 7}));
  for (const char* bad : {"0", "-1", "3:3", "a", "1:", "0:99999999"})
    EXPECT_THROW(parse_seeds(bad), Error) << bad;
}

TEST(Options, BatchSizesAndDurations) {
  EXPECT_EQ(parse_batch_sizes("32, full"), (std::vector<std::int64_t>{32, 0}));
  EXPECT_THROW(parse_batch_sizes("0"), Error);
  EXPECT_EQ(parse_duration("90", "--time-limit"), 90);
  EXPECT_EQ(parse_duration("1.5m", "--time-limit"), 90);
  EXPECT_EQ(parse_duration("2h", "--time-limit"), 7200);
  EXPECT_THROW(parse_duration("0s", "--time-limit"), Error);
}

TEST(Options, ShardsAreCountedFromZero) {
  EXPECT_EQ(parse_shard("0/1"), std::pair(0, 1));
  EXPECT_EQ(parse_shard("3/4"), std::pair(3, 4));
  EXPECT_EQ(shard_output("a/x.h5", 3, 4), "a/x.shard-3-of-4.h5");
  for (const char* bad : {"", "1", "4/4", "-1/4", "0/0", "a/b", "1/"})
    EXPECT_THROW(parse_shard(bad), Error) << bad;
}

TEST(Options, ReplaceTheListsOfTheGrids) {
  Grid grid;
  grid.problems = {"a", "b"};
  grid.optimizers = {{"sgd", {1}}, {"adam", {0.1, 0.2}}};
  grid.epochs = 3;
  SuiteOptions options;
  options.problems = {"c"};
  options.optimizers = {"adam(rho1=0.8)", "lion"};
  options.steps = 50;
  const auto grids = apply(options, {grid, grid});
  ASSERT_EQ(grids.size(), 1u);
  EXPECT_EQ(grids[0].problems, std::vector<std::string>{"c"});
  EXPECT_EQ(grids[0].optimizers[0].learning_rates, (std::vector<double>{0.1, 0.2}));
  EXPECT_EQ(grids[0].optimizers[1].learning_rates.size(), 9u);
  EXPECT_EQ(grids[0].epochs, 0);
  EXPECT_EQ(grids[0].steps, 50);
}

TEST(Options, LeaveTheProtocolToTheProblemUnlessTheySpeakOfIt) {
  const Grid silent = apply({}, {Grid{}}).front();
  EXPECT_FALSE(silent.shuffle || silent.keep_last);
  EXPECT_TRUE(silent.batch_sizes.empty());
  SuiteOptions options;
  options.shuffle = "iid";
  options.keep_last = true;
  const Grid spoken = apply(options, {Grid{}}).front();
  EXPECT_EQ(spoken.shuffle, "iid");
  EXPECT_EQ(spoken.keep_last, true);
}

}  // namespace
}  // namespace ravine
