// Trials on a data file of the user.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "plan/grids.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

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

}  // namespace
}  // namespace ravine
