#include "ravine/cli/options.hpp"

#include <gtest/gtest.h>

#include "ravine/cli/configuration.hpp"

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
  for (const char* bad : {"", "1", "4/4", "-1/4", "0/0", "a/b", "1/"})
    EXPECT_THROW(parse_shard(bad), Error) << bad;
}

TEST(Options, EveryFieldOfATrialIsAFlag) {
  const std::string help = Configuration::help();
  TrialLists{}.each(
      [&](const char* name, const auto&, const char*, const char*, const FieldUse& use) {
        EXPECT_NE(help.find("--" + flag_of(name, use) + " "), std::string::npos) << name;
      });
  EXPECT_EQ(flag_of("batch_size", {Role::kFactor}), "batch-size");
  EXPECT_EQ(flag_of("initializer", {Role::kFactor, "init"}), "init");
}

}  // namespace
}  // namespace ravine
