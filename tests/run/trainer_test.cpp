#include "ravine/run/trainer.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "run/toy_problem.hpp"

namespace ravine {
namespace {

bool kNeverStop() { return false; }

Trial toy_trial() {
  Trial trial;
  trial.problem = "rosenbrock";  // only its text; the toy is handed to the trainer
  trial.learning_rate = 0.5;
  trial.batch_size = 5;  // two steps per epoch
  trial.steps = 8;
  return canonical(trial, Catalogs{});
}

const Column& column_of(const Curve& curve, std::string_view name) {
  for (const Column& column : curve.columns())
    if (column.name == name) return column;
  throw std::runtime_error("no column");
}

const std::vector<double>& column(const Curve& curve, std::string_view name) {
  return column_of(curve, name).values;
}

TEST(Trainer, DescendsAQuadraticAsTheEquationSays) {
  const ToyProblem problem;
  Trainer trainer(toy_trial(), problem, Catalogs{});
  ASSERT_TRUE(trainer.run(kNeverStop));
  EXPECT_EQ(trainer.outcome(), Outcome::kCompleted);
  // theta_t - 1 = 2 (1 - eps)^t
  EXPECT_DOUBLE_EQ(trainer.theta()[0], 1 + 2 * std::pow(0.5, 8));
  EXPECT_EQ(column(trainer.curve(), "step"), (std::vector<double>{0, 1, 2, 4, 6, 8}));
  EXPECT_EQ(column(trainer.curve(), "epoch"), (std::vector<double>{0, 0.5, 1, 2, 3, 4}));
  EXPECT_DOUBLE_EQ(column(trainer.curve(), "objective")[3], 2 * std::pow(0.25, 4));
  EXPECT_DOUBLE_EQ(column(trainer.curve(), "update_norm")[1], 1.0);
  EXPECT_DOUBLE_EQ(column(trainer.curve(), "gradient_norm")[1], 2.0);
  EXPECT_TRUE(std::isnan(column(trainer.curve(), "gradient_norm")[0]));
  EXPECT_EQ(trainer.counts().gradients, 8);
}

TEST(Trainer, MeasuresAveragesBesideTheRawIterate) {
  const ToyProblem problem;
  Trial trial = toy_trial();
  trial.averaging = "polyak, ema(decay=0.5), ema(decay=0)";
  Trainer trainer(canonical(trial, Catalogs{}), problem, Catalogs{});
  ASSERT_TRUE(trainer.run(kNeverStop));
  const auto& raw = column(trainer.curve(), "train_loss");
  EXPECT_TRUE(std::isnan(column(trainer.curve(), "averaged_polyak_train_loss")[0]));
  const double mean = (1.0 + 0.5) / 2;  // of theta_1 - 1 and theta_2 - 1
  EXPECT_NEAR(column(trainer.curve(), "averaged_polyak_train_loss")[2], mean * mean / 2, 1e-6);
  // An exponential average without memory is the raw iterate.
  const auto& forgetful = column(trainer.curve(), "averaged_ema2_train_loss");
  for (std::size_t i = 1; i < raw.size(); ++i) EXPECT_DOUBLE_EQ(forgetful[i], raw[i]);
}

TEST(Trainer, NamesTheUnitsOfItsLosses) {
  const auto units = [](const char* problem) {
    Trial trial = toy_trial();
    trial.problem = problem;
    trial.averaging = "polyak";
    trial.batch_size = 0;
    const Trainer trainer(canonical(trial, Catalogs{}), *make_problem(problem, {}), Catalogs{});
    std::vector<std::string> found;
    for (const char* name : {"objective", "train_loss", "averaged_polyak_test_loss"})
      found.push_back(column_of(trainer.curve(), name).unit);
    EXPECT_EQ(column_of(trainer.curve(), "train_accuracy").unit, "fraction");
    return found;
  };
  using Units = std::vector<std::string>;
  EXPECT_EQ(units("mlp(data=glyphs, hidden=4, train=64)"), (Units{"nats", "nats", "nats"}));
  EXPECT_EQ(units("autoencoder(data=glyphs, hidden=4, train=64, report=squared_error)"),
            (Units{"nats", "1", "1"}));
  EXPECT_EQ(units("rosenbrock"), (Units{"1", "1", "1"}));
  EXPECT_EQ(units("mlp(data=glyphs, hidden=4, train=64, loss=squared)"), (Units{"1", "1", "1"}));
}

TEST(Trainer, RecordsDivergenceAsAResult) {
  const ToyProblem problem;
  Trial trial = toy_trial();
  trial.learning_rate = 10;  // theta - 1 grows by the factor -9
  trial.steps = 1000;
  Trainer trainer(trial, problem, Catalogs{});
  ASSERT_TRUE(trainer.run(kNeverStop));
  EXPECT_EQ(trainer.outcome(), Outcome::kDiverged);
  // 9^(2t) > 10^4 at t = 3: seen by the mini-batch loss of step 4.
  EXPECT_EQ(trainer.step(), 4);
  EXPECT_EQ(column(trainer.curve(), "step").back(), 4);
  EXPECT_NE(trainer.message().find("step 4"), std::string::npos);
}

TEST(Trainer, StopsAtItsTarget) {
  const ToyProblem problem;
  Trial trial = toy_trial();
  trial.target = "train_loss<=0.01";
  Trainer trainer(canonical(trial, Catalogs{}), problem, Catalogs{});
  ASSERT_TRUE(trainer.run(kNeverStop));
  EXPECT_EQ(trainer.outcome(), Outcome::kTargetReached);
  EXPECT_EQ(trainer.step(), 4);  // 2 / 4^4 = 0.0078
}

TEST(Trainer, ContinuesWhereItWasStopped) {
  const ToyProblem problem;
  Trainer whole(toy_trial(), problem, Catalogs{}), halted(toy_trial(), problem, Catalogs{});
  ASSERT_TRUE(whole.run(kNeverStop));
  EXPECT_FALSE(halted.run([&] { return halted.step() == 4; }));
  EXPECT_EQ(halted.step(), 4);
  ASSERT_TRUE(halted.run(kNeverStop));
  EXPECT_EQ(column(whole.curve(), "objective"), column(halted.curve(), "objective"));
}

TEST(Trainer, EveryStateOfTheBudgetIsChecked) {
  Trial trial = toy_trial();
  trial.epochs = 3;
  EXPECT_THROW(canonical(trial, Catalogs{}), Error);
  trial.epochs = trial.steps = 0;
  EXPECT_THROW(canonical(trial, Catalogs{}), Error);
  trial.steps = 3;
  trial.learning_rate = -1;
  EXPECT_THROW(canonical(trial, Catalogs{}), Error);
}

}  // namespace
}  // namespace ravine
