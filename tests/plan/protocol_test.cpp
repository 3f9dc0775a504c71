// What a trial takes from its problem, and what a problem asks of a trial.
#include <gtest/gtest.h>

#include "plan/grids.hpp"

namespace ravine {
namespace {

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

}  // namespace
}  // namespace ravine
