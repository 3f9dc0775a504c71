// What a result file says of a trial before it runs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>

#include "plan/grids.hpp"

namespace ravine {
namespace {

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
