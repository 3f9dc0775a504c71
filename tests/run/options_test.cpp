#include "ravine/run/options.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "ravine/optim/catalog.hpp"

namespace ravine {
namespace {

TEST(Options, LearningRatesAreListsOrLogarithmicGrids) {
  EXPECT_EQ(parse_learning_rates("0.1, 0.01"), (std::vector<double>{0.1, 0.01}));
  EXPECT_EQ(parse_learning_rates("log(1e-4, 1, 5), 2"),
            (std::vector<double>{1e-4, 1e-3, 0.01, 0.1, 1, 2}));
  EXPECT_EQ(parse_learning_rates("log(0.1, 1, 3)")[1], 0.316);
  EXPECT_EQ(parse_learning_rates("log(0.5, 0.5, 1)"), std::vector<double>{0.5});
  for (const char* bad :
       {"", "x", "-1", "log(1, 2)", "log(0, 1, 3)", "log(1, 2, 0)", "nan", "-nan", "inf", "1e400",
        "log(1, 2, 1)", "log(1, 1, 2)", "log(1, 1.0000000000000002, 3)"})
    EXPECT_THROW(parse_learning_rates(bad), Error) << bad;
}

TEST(Options, LogarithmicGridsKeepTheirEndsAndTheirCount) {
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

TEST(Options, OutputsThatCannotBecomeAFileAreRefused) {
  for (const char* good : {"x.h5", "results/x", "run#1.h5", "a b.h5"})
    EXPECT_NO_THROW(check_output(good, "test")) << good;
  for (const std::string& bad : std::vector<std::string>{"", ".", "a/", "a/..", "/dev/null", "a\nb",
                                                         testing::TempDir(), std::string(161, 'x')})
    EXPECT_THROW(check_output(bad, "test"), Error) << bad;
}

TEST(Options, SwitchesAreWords) {
  for (const char* on : {"true", "yes", "on", "1"}) EXPECT_TRUE(parse_switch(on, "--x"));
  for (const char* off : {"false", "no", "off", "0"}) EXPECT_FALSE(parse_switch(off, "--x"));
  for (const char* bad : {"", "t", "2", "truefalse"}) EXPECT_THROW(parse_switch(bad, "--x"), Error);
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
  EXPECT_EQ(parse_duration("500 ms", "--time-limit"), 0.5);
  EXPECT_EQ(parse_duration("1d", "--time-limit"), 86400);
  for (const char* bad : {"", "0s", "-1", "s", "1x", "1ss", "1:30", "inf", "nan", "1e300h"})
    EXPECT_THROW(parse_duration(bad, "--time-limit"), Error) << bad;
  try {
    parse_duration("1mx", "--time-limit");
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'1mx'"), std::string::npos) << error.what();
  }
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
  const auto grids = apply(options, {grid, grid}, optimizer_catalog());
  ASSERT_EQ(grids.size(), 1u);
  EXPECT_EQ(grids[0].problems, std::vector<std::string>{"c"});
  EXPECT_EQ(grids[0].optimizers[0].learning_rates, (std::vector<double>{0.1, 0.2}));
  EXPECT_EQ(grids[0].optimizers[1].learning_rates, (std::vector<double>{1e-4, 3.16e-4}));
  EXPECT_EQ(grids[0].epochs, 0);
  EXPECT_EQ(grids[0].steps, 50);
}

TEST(Options, ARuleThatTheSuiteDoesNotTryGetsAsManyRatesAsTheOthers) {
  Grid grid;
  grid.problems = {"a"};
  grid.optimizers = {{"sgd", {0.03, 0.1, 0.3, 1}}, {"adam", {1e-3, 1e-2}}};
  SuiteOptions options;
  options.optimizers = {"momentum", "lbfgs", "adam_paper", "sgd"};
  const auto choices = apply(options, {grid}, optimizer_catalog()).front().optimizers;
  // Half decades around 0.01, as many below as above or one fewer.
  EXPECT_EQ(choices[0].learning_rates, (std::vector<double>{3.16e-3, 0.01, 0.0316, 0.1}));
  EXPECT_EQ(choices[1].learning_rates, (std::vector<double>{1e-4, 2.15e-3, 0.0464, 1}));
  EXPECT_EQ(choices[2].learning_rates, (std::vector<double>{1e-3, 1e-2}));  // it is an adam
  EXPECT_EQ(without_own_rates(options, {grid}, optimizer_catalog()),
            std::vector<std::string>{"lbfgs"});
  options.learning_rates = {0.1};
  EXPECT_TRUE(without_own_rates(options, {grid}, optimizer_catalog()).empty());
}

TEST(Options, LeaveTheProtocolToTheProblemUnlessTheySpeakOfIt) {
  const Grid silent = apply({}, {Grid{}}, optimizer_catalog()).front();
  EXPECT_FALSE(silent.shuffle || silent.keep_last || silent.divergence);
  EXPECT_TRUE(silent.batch_sizes.empty());
  SuiteOptions options;
  options.shuffle = "iid";
  options.keep_last = true;
  options.divergence = "never";
  const Grid spoken = apply(options, {Grid{}}, optimizer_catalog()).front();
  EXPECT_EQ(spoken.shuffle, "iid");
  EXPECT_EQ(spoken.keep_last, true);
  EXPECT_EQ(spoken.divergence, "never");
}

}  // namespace
}  // namespace ravine
