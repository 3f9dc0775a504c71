#include "ravine/train/trainer.hpp"
#include "ravine/train/catalogs.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "train/columns.hpp"
#include "train/toy_problem.hpp"

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

TEST(Trainer, DescendsAQuadraticAsTheEquationSays) {
  const ToyProblem problem;
  Trainer trainer(toy_trial(), problem, Catalogs{});
  ASSERT_TRUE(trainer.run(kNeverStop));
  EXPECT_EQ(trainer.outcome(), Outcome::kCompleted);
  // theta_t - 1 = 2 (1 - eps)^t
  EXPECT_DOUBLE_EQ(trainer.theta()[0], 1 + 2 * std::pow(0.5, 8));
  EXPECT_EQ(values_of(trainer.curve().columns(), "step"), (std::vector<double>{0, 1, 2, 4, 6, 8}));
  EXPECT_EQ(values_of(trainer.curve().columns(), "epoch"),
            (std::vector<double>{0, 0.5, 1, 2, 3, 4}));
  EXPECT_DOUBLE_EQ(values_of(trainer.curve().columns(), "objective")[3], 2 * std::pow(0.25, 4));
  EXPECT_DOUBLE_EQ(values_of(trainer.curve().columns(), "update_norm")[1], 1.0);
  EXPECT_DOUBLE_EQ(values_of(trainer.curve().columns(), "gradient_norm")[1], 2.0);
  EXPECT_TRUE(std::isnan(values_of(trainer.curve().columns(), "gradient_norm")[0]));
  EXPECT_EQ(trainer.counts().gradients, 8);
}

TEST(Trainer, MeasuresAveragesBesideTheRawIterate) {
  const ToyProblem problem;
  Trial trial = toy_trial();
  trial.averaging = "polyak, ema(decay=0.5), ema(decay=0)";
  Trainer trainer(canonical(trial, Catalogs{}), problem, Catalogs{});
  ASSERT_TRUE(trainer.run(kNeverStop));
  const auto& raw = values_of(trainer.curve().columns(), "train_loss");
  EXPECT_TRUE(std::isnan(values_of(trainer.curve().columns(), "averaged_polyak_train_loss")[0]));
  const double mean = (1.0 + 0.5) / 2;  // of theta_1 - 1 and theta_2 - 1
  EXPECT_NEAR(values_of(trainer.curve().columns(), "averaged_polyak_train_loss")[2],
              mean * mean / 2, 1e-6);
  // An exponential average without memory is the raw iterate.
  const auto& forgetful = values_of(trainer.curve().columns(), "averaged_ema2_train_loss");
  for (std::size_t i = 1; i < raw.size(); ++i) EXPECT_DOUBLE_EQ(forgetful[i], raw[i]);
}

TEST(Trainer, NamesTheUnitsOfItsLosses) {
  const auto units = [](const char* problem) {
    Trial trial = toy_trial();
    trial.problem = problem;
    trial.averaging = "polyak";
    trial.batch_size = 0;
    const Trainer trainer(canonical(trial, Catalogs{}), *Catalogs().make_problem(problem),
                          Catalogs{});
    std::vector<std::string> found;
    for (const char* name : {"objective", "train_loss", "averaged_polyak_test_loss"})
      found.push_back(column_of(trainer.curve().columns(), name).unit);
    EXPECT_EQ(column_of(trainer.curve().columns(), "train_accuracy").unit, "fraction");
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
  EXPECT_EQ(values_of(trainer.curve().columns(), "step").back(), 4);
  EXPECT_NE(trainer.message().find("step 4"), std::string::npos);
}

Outcome outcome_with(const std::string& divergence, std::int64_t steps = 8) {
  const ToyProblem problem;
  Trial trial = toy_trial();
  trial.learning_rate = 10;
  trial.steps = steps;
  trial.divergence = divergence;
  Trainer trainer(canonical(trial, Catalogs{}), problem, Catalogs{});
  EXPECT_TRUE(trainer.run(kNeverStop));
  return trainer.outcome();
}

// theta - 1 grows by the factor -9, the loss by 81: 81^7 after 7 steps, seen in the 8th.
TEST(Trainer, EndsWhereTheTrialSaysThatItDiverges) {
  EXPECT_EQ(outcome_with("never"), Outcome::kCompleted);
  EXPECT_EQ(outcome_with("1e17"), Outcome::kCompleted);
  EXPECT_EQ(outcome_with("1e15"), Outcome::kDiverged);
  EXPECT_EQ(outcome_with("never", 1000), Outcome::kDiverged);  // not finite any more
}

/// f(theta) = offset + slope theta + theta^2 / 2, from theta = 0: it starts at `offset`.
class Offset final : public Problem {
 public:
  Offset(double offset, double slope) : offset_(offset), slope_(slope) {
    layout_.add("theta", 1, 1, BlockKind::kWeight);
  }
  const ParameterLayout& layout() const override { return layout_; }
  double flops_per_example() const override { return 4; }
  void initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const override {
    theta[0] = 0;
  }
  std::unique_ptr<Session> start(std::uint64_t, std::size_t, Threads) const override {
    return std::make_unique<OffsetSession>(*this);
  }

 private:
  class OffsetSession final : public Session {
   public:
    explicit OffsetSession(const Offset& problem) : problem_(problem) {}
    void select(std::int64_t, std::span<const std::int32_t>) override {}
    Metrics measure(std::span<const Real> theta) override {
      Metrics metrics;
      metrics.objective = value(theta[0]);
      return metrics;
    }

   private:
    double value(double x) const { return problem_.offset_ + problem_.slope_ * x + x * x / 2; }
    double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
      if (!gradient.empty()) gradient[0] = static_cast<Real>(problem_.slope_ + theta[0]);
      return value(theta[0]);
    }
    const Offset& problem_;
  };

  double offset_, slope_;
  ParameterLayout layout_;
};

std::pair<Outcome, std::int64_t> end_of(double offset, double slope, double rate,
                                        double divergence) {
  const Offset problem(offset, slope);
  Trial trial = toy_trial();
  trial.learning_rate = rate;
  trial.batch_size = 0;
  trial.steps = 30;
  trial.divergence = format_number(divergence);
  Trainer trainer(canonical(trial, Catalogs{}), problem, Catalogs{});
  EXPECT_TRUE(trainer.run(kNeverStop));
  return {trainer.outcome(), trainer.step()};
}

// The factor counts sizes |L_0|, or 1 where L_0 is 0. With rate 3 the distance to the minimum
// doubles at every step: f(theta_t) = offset + slope^2 (4^t - 1) / 2.
TEST(Trainer, ALossThatStartsAtOrBelowZeroDivergesByItsSize) {
  using End = std::pair<Outcome, std::int64_t>;
  const End whole{Outcome::kCompleted, 30};
  // Falling, or rising a little, is not a divergence, whatever the sign of the start.
  for (const double offset : {-2.0, 0.0, 1e-30, 2.0})
    EXPECT_EQ(end_of(offset, 0.1, 0.5, 1e4), whole) << offset;
  EXPECT_EQ(end_of(-2, 0, 3, 1e4), whole);
  EXPECT_EQ(end_of(0, 0, 3, 1e4), whole);
  // (4^t - 1) / 2 > 100 first at t = 4, which is observed.
  EXPECT_EQ(end_of(0, 1, 3, 100), End(Outcome::kDiverged, 4));
  // -2 + (4^t - 1) / 2 > 2 * 100 first at t = 5, seen by the mini-batch loss of step 6.
  EXPECT_EQ(end_of(-2, 1, 3, 100), End(Outcome::kDiverged, 6));
  EXPECT_EQ(end_of(2, 1, 3, 100), End(Outcome::kDiverged, 6));
}

const double* last_of(const Trainer& trainer, std::string_view name) {
  return &values_of(trainer.curve().columns(), name).back();
}

// theta of schedule_free is an average, and the running statistics are those of the points where
// its gradients were taken.
TEST(Trainer, AnAnswerThatIsAnAverageIsMeasuredWithExactStatistics) {
  const auto problem =
      Catalogs().make_problem("mlp(data=glyphs, hidden=20x2, train=400)", "hidden");
  const auto train = [&](const std::string& optimizer) {
    Trial trial;
    trial.problem = "mlp(data=glyphs, hidden=20x2, train=400)";
    trial.batch_norm = "hidden";
    trial.optimizer = optimizer;
    trial.learning_rate = 0.5;
    trial.batch_size = 40;
    trial.steps = 60;
    Trainer trainer(canonical(trial, Catalogs{}), *problem, Catalogs{});
    EXPECT_TRUE(trainer.run(kNeverStop));
    const AlignedVector<Real> theta(trainer.theta().begin(), trainer.theta().end());
    // The same steps by hand leave the same running averages.
    const auto session = problem->start(0, 40, {});
    AlignedVector<Real> again(theta.size());
    problem->initialize(*initializer_catalog().make("he"), 0, again);
    auto rule = Catalogs{}.optimizers.make(optimizer);
    rule->reset(problem->layout(), again);
    BatchSampler sampler({problem->train_begin(), problem->train_end()}, {.batch_size = 40}, 0);
    for (std::int64_t t = 1; t <= 60; ++t) {
      session->select(t, sampler.batch(t));
      rule->step({t, 0.5, 60}, *session, again);
      session->fold_statistics();
    }
    EXPECT_EQ(again, theta) << optimizer;
    const Metrics running = session->measure(theta), exact = session->measure_averaged(theta);
    const bool average = rule->answer_is_average();
    for (const MetricInfo& metric : kMetrics) {
      const double measured = *last_of(trainer, metric.name);
      EXPECT_EQ(measured, (average ? exact : running).*metric.value) << optimizer << metric.name;
    }
    EXPECT_GT(std::fabs(running.train_loss / exact.train_loss - 1), 0.01) << optimizer;
    return average;
  };
  EXPECT_TRUE(train("schedule_free"));
  EXPECT_TRUE(train("schedule_free(beta=0.5, weights=code)"));
  EXPECT_TRUE(train("schedule_free_adamw"));
  EXPECT_TRUE(train("gpa(mu_x=0.9)"));
  EXPECT_TRUE(train("clip(inner=gpa(mu_x=0.9))"));
  EXPECT_FALSE(train("sgd"));
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
  EXPECT_EQ(values_of(whole.curve().columns(), "objective"),
            values_of(halted.curve().columns(), "objective"));
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
