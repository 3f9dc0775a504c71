#include "ravine/train/observation.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

using Steps = std::vector<std::int64_t>;

TEST(Observation, LogTakesPowersOfTwoEpochEndsAndTheLastStep) {
  EXPECT_EQ(observation_steps("log", 25, 10), (Steps{0, 1, 2, 4, 8, 10, 16, 20, 25}));
  EXPECT_EQ(observation_steps("log", 1, 10), (Steps{0, 1}));
  // Functions have one step per "epoch": the powers of two are enough.
  EXPECT_EQ(observation_steps("log", 9, 1), (Steps{0, 1, 2, 4, 8, 9}));
}

TEST(Observation, EvenSpacesThem) {
  EXPECT_EQ(observation_steps("even(count=4)", 10, 5), (Steps{0, 2, 5, 7, 10}));
  EXPECT_EQ(observation_steps("even(count=50)", 3, 5), (Steps{0, 1, 2, 3}));
  EXPECT_THROW(observation_steps("evn", 10, 5), Error);
}

TEST(Observation, MoreThanACurveCanHoldAreRefused) {
  check_observations("log", 1'000'000, 1000);
  check_observations("log", 1'000'000'000'000, 1);  // a function: powers of two only
  check_observations("even(count=1000000)", 1'000'000'000'000, 1000);
  EXPECT_THROW(check_observations("log", 1'000'000'000'000, 1000), Error);
}

TEST(Observation, EvenIsTheFloorOfEveryShare) {
  for (const std::int64_t total : {100, 997, 46900})
    for (const std::int64_t count : {3, 7, 50, 97}) {
      Steps expected;
      for (std::int64_t i = 0; i <= count; ++i) expected.push_back(i * total / count);
      EXPECT_EQ(observation_steps("even(count=" + std::to_string(count) + ")", total, 5), expected);
    }
}

TEST(Divergence, IsNeverOrAFactorAboveOne) {
  EXPECT_EQ(canonical_divergence("1e4"), "10000");
  EXPECT_EQ(canonical_divergence("1.5"), "1.5");
  EXPECT_EQ(canonical_divergence("never"), "never");
  EXPECT_EQ(divergence_factor("2e5"), 2e5);
  EXPECT_TRUE(std::isinf(divergence_factor("never")));
  for (const char* bad : {"1", "0", "-3", "inf", "nan", "", "nevr", "1e4x"})
    EXPECT_THROW(canonical_divergence(bad), Error) << bad;
}

TEST(Target, IsReachedOnItsSideOfTheBound) {
  const Target accuracy = Target::parse("test_accuracy >= 0.97");
  EXPECT_EQ(accuracy.text(), "test_accuracy>=0.97");
  Metrics metrics;
  EXPECT_FALSE(accuracy.reached(metrics));  // not measured is not reached
  metrics.test_accuracy = 0.969;
  EXPECT_FALSE(accuracy.reached(metrics));
  metrics.test_accuracy = 0.97;
  EXPECT_TRUE(accuracy.reached(metrics));
  metrics.train_loss = 0.2;
  EXPECT_TRUE(Target::parse("train_loss<=0.2").reached(metrics));
  EXPECT_THROW(Target::parse("train_los<=0.2"), Error);
  EXPECT_THROW(Target::parse("train_loss=0.2"), Error);
  for (const char* bad : {"nan", "-nan", "inf", "-inf", "1e400", ""})
    EXPECT_THROW(Target::parse(fmt::format("train_loss<={}", bad)), Error) << bad;
}

}  // namespace
}  // namespace ravine
