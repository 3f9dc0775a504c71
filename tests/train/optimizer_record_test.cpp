// The columns that an optimizer adds to the curve of a trial that asks for them.
#include "ravine/train/optimizer_record.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "ravine/train/catalogs.hpp"
#include "ravine/train/checkpoint.hpp"
#include "ravine/train/trainer.hpp"
#include "support/temporary_folder.hpp"
#include "train/columns.hpp"

namespace ravine {
namespace {

Trial recorded(const std::string& optimizer, const std::string& problem, double learning_rate,
               const std::string& record = "optimizer") {
  Trial trial;
  trial.optimizer = optimizer;
  trial.problem = problem;
  trial.record = record;
  trial.learning_rate = learning_rate;
  trial.batch_size = 0;
  trial.steps = 8;
  trial.observe = "even(count=8)";
  return canonical(trial, Catalogs{});
}

std::vector<Column> curve_of(const Trial& trial) {
  const auto problem = Catalogs().make_problem(trial.problem);
  Trainer trainer(trial, *problem, Catalogs{});
  EXPECT_TRUE(trainer.run([] { return false; }));
  return trainer.curve().columns();
}

std::set<std::string> own_columns(const std::vector<Column>& columns) {
  std::set<std::string> names;
  for (const Column& column : columns)
    if (column.name.starts_with("optimizer_")) names.insert(column.name);
  return names;
}

// On a quadratic the model of the loss is exact: lambda falls by 2/3 at every step.
TEST(OptimizerRecord, HoldsTheDampingOfEveryStep) {
  const auto columns = curve_of(recorded("hessian_free", "wilson", 1));
  const std::vector<double>& lambda = values_of(columns, "optimizer_lambda");
  const std::vector<double>& length = values_of(columns, "optimizer_step_length");
  ASSERT_GE(lambda.size(), 5u);
  for (std::size_t t = 0; t < 5; ++t)
    EXPECT_NEAR(lambda[t], 45 * std::pow(2.0 / 3, static_cast<double>(t)), 1e-9) << t;
  EXPECT_EQ(length[0], 0) << "nothing has moved yet";
  EXPECT_EQ(length[1], 1);
  EXPECT_GE(values_of(columns, "optimizer_cg_iterations")[1], 1);
}

TEST(OptimizerRecord, EffectiveRatesAreThoseOfGradientDescent) {
  for (const double rate : {1e-4, 1e-3}) {
    const auto columns = curve_of(recorded("sgd", "rosenbrock", rate));
    EXPECT_EQ(own_columns(columns), std::set<std::string>{"optimizer_rate_x"});
    const std::vector<double>& rates = values_of(columns, "optimizer_rate_x");
    EXPECT_TRUE(std::isnan(rates[0]));
    for (std::size_t t = 1; t < rates.size(); ++t)
      EXPECT_NEAR(rates[t] / rate, 1, sizeof(Real) == 4 ? 1e-2 : 1e-9) << t;
  }
}

TEST(OptimizerRecord, NamesBlocksAndLeavesOtherCurvesAlone) {
  const std::string network = "mlp(data=glyphs, hidden=8, train=64)";
  const auto asked = curve_of(recorded("momentum", network, 0.01));
  EXPECT_EQ(own_columns(asked),
            (std::set<std::string>{"optimizer_rate_dense0_weight", "optimizer_rate_dense0_bias",
                                   "optimizer_rate_dense1_weight", "optimizer_rate_dense1_bias"}));
  const auto plain = curve_of(recorded("momentum", network, 0.01, "none"));
  EXPECT_TRUE(own_columns(plain).empty());
  for (const Column& column : plain) {
    if (column.timing) continue;
    const std::vector<double>& same = values_of(asked, column.name);
    ASSERT_EQ(column.values.size(), same.size());
    for (std::size_t i = 0; i < same.size(); ++i)
      EXPECT_TRUE(column.values[i] == same[i] || std::isnan(same[i])) << column.name;
  }
}

// A name means one thing in /trials and /curves.
TEST(OptimizerRecord, NamesAreUnlikeThoseOfFields) {
  const Catalogs catalogs;
  ParameterLayout layout;
  layout.add("x", 1, 4, BlockKind::kWeight);
  for (const auto& entry : catalogs.optimizers.entries()) {
    const auto optimizer = catalogs.optimizers.make(entry.name);
    optimizer->reset(layout, AlignedVector<Real>(layout.size(), Real{0}));
    const OptimizerRecord record(*optimizer, layout);
    for (const FieldDoc& field : entry.fields)
      EXPECT_FALSE(own_columns(record.columns()).contains("optimizer_" + field.key))
          << entry.name << " " << field.key;
  }
}

TEST(OptimizerRecord, GoesOnFromACheckpoint) {
  for (const char* optimizer : {"hessian_free", "damped_newton", "newton_cg", "lbfgs"}) {
    const TemporaryFolder folder;
    const Trial trial = recorded(optimizer, "wilson", 1);
    const auto problem = Catalogs().make_problem(trial.problem);
    Trainer whole(trial, *problem, Catalogs{}), first(trial, *problem, Catalogs{}),
        second(trial, *problem, Catalogs{});
    ASSERT_TRUE(whole.run([] { return false; }));
    ASSERT_FALSE(first.run([&] { return first.step() == 1; }));
    save_checkpoint(folder / "checkpoint", first, "spec");
    ASSERT_EQ(load_checkpoint(folder / "checkpoint", second, "spec"), Loaded::kCheckpoint);
    ASSERT_TRUE(second.run([] { return false; }));
    TrialRecord a, b;
    a.curve = whole.curve().columns();
    b.curve = second.curve().columns();
    EXPECT_GT(own_columns(b.curve).size(), 1u);
    EXPECT_EQ(record_digest(a), record_digest(b)) << optimizer;
  }
}

}  // namespace
}  // namespace ravine
