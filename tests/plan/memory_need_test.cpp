#include "ravine/plan/memory_need.hpp"

#include <gtest/gtest.h>

#include "ravine/optim/extra_memory.hpp"
#include "ravine/train/trainer.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

constexpr const char* kProblems[] = {
    "mlp(data=glyphs, hidden=64x2, train=300)",
    "mlp(data=glyphs, hidden=200, train=300, dropout=0.2)",
    "logreg(data=zipf)",
    "autoencoder(data=curves, hidden=40, code=6, train=300)",
    "quadratic(dimension=200)",
};

Trial trial_of(const char* problem, const std::string& optimizer) {
  Trial trial;
  trial.problem = problem;
  trial.optimizer = optimizer;
  trial.steps = 1;
  trial.learning_rate = 1e-6;
  return trial;
}

std::size_t allocated(const PlannedTrial& planned, const Catalogs& catalogs) {
  Trainer trainer(planned.trial, *planned.problem, catalogs);
  trainer.run([] { return false; });  // the first curvature product makes its workspaces
  return trainer.workspace_bytes();
}

TEST(MemoryNeed, ArithmeticAgreesWithWhatATrialAllocates) {
  const Catalogs catalogs;
  Planner planner("", catalogs);
  for (const char* problem : kProblems)
    for (const std::string& name : catalogs.optimizers.names()) {
      if (name == "hessian_free" && problem == kProblems[4]) continue;  // no Gauss-Newton products
      const std::string optimizer = name == "newton_cg" ? "newton_cg(iterations=3)"
                                    : name == "sophia"  ? "sophia(k=1)"  // a product in step 1
                                                        : name;
      const auto made = catalogs.optimizers.make(optimizer);
      for (const std::int64_t batch : {0, 32}) {
        if (batch == 0 && name != "adam" && name != "hessian_free") continue;
        Trial trial = trial_of(problem, optimizer);
        trial.batch_size = batch;
        if (optimizer == "adam") trial.averaging = "polyak, ema(decay=0.9)";
        const auto* extra = dynamic_cast<const ExtraMemory*>(made.get());
        const bool dense = extra && extra->most_parameters() < 10'000;  // slow, or refuses to start
        if (dense && Catalogs().make_problem(problem)->layout().parameter_count() > 500) continue;
        const PlannedTrial planned = planner.prepare(trial);
        const auto bytes = static_cast<double>(allocated(planned, catalogs));
        EXPECT_NEAR(trial_bytes(planned.trial, *planned.problem, catalogs).training / bytes, 1,
                    0.02)
            << problem << ' ' << optimizer << ' ' << batch << ' ' << bytes;
      }
    }
}

TEST(MemoryNeed, BatchNormAndSearchesCount) {
  const Catalogs catalogs;
  Planner planner("", catalogs);
  for (const char* optimizer : {"sgd", "lbfgs(history=3, line_search=exact)", "hessian_free"}) {
    Trial trial = trial_of(kProblems[0], optimizer);
    trial.batch_norm = "input+hidden";
    const PlannedTrial planned = planner.prepare(trial);
    const auto bytes = static_cast<double>(allocated(planned, catalogs));
    EXPECT_NEAR(trial_bytes(planned.trial, *planned.problem, catalogs).training / bytes, 1, 0.02)
        << optimizer;
  }
}

// Each thread has a room of its own for the squares of attention and the gates of recurrence.
TEST(MemoryNeed, EveryThreadCounts) {
  const Catalogs catalogs;
  Planner planner("", catalogs);
  for (const char* problem :
       {"char_lm(context=200, train=20, model=transformer(layers=1, width=8, heads=2))",
        "char_lm(context=50, train=20, model=lstm(layers=1, width=16))"}) {
    Trial trial = trial_of(problem, "sgd");
    trial.batch_size = 12;
    const PlannedTrial planned = planner.prepare(trial);
    const auto of = [&](int threads) {
      Trainer trainer(planned.trial, *planned.problem, catalogs, {threads});
      const auto bytes = static_cast<double>(trainer.workspace_bytes());
      const double told =
          trial_bytes(planned.trial, *planned.problem, catalogs, {threads}).training;
      EXPECT_NEAR(told / bytes, 1, 0.02) << problem << ' ' << threads;
      return told;
    };
    EXPECT_GT(of(3), 1.2 * of(1)) << problem;
  }
}

// What a trial has recorded at its end, in bytes, and what was foreseen for it.
TEST(MemoryNeed, LongCurvesAndRecordsCount) {
  const Catalogs catalogs;
  Planner planner("", catalogs);
  for (const auto& [problem, record, observe] :
       {std::tuple("quadratic(dimension=3)", "none", "even(count=20000)"),
        std::tuple("quadratic(dimension=3)", "trajectories", "even(count=5000)"),
        std::tuple(kProblems[0], "diagnostics", "even(count=40)"),
        std::tuple(kProblems[0], "landscapes", "even(count=20)")}) {
    Trial trial = trial_of(problem, "sgd");
    trial.steps = std::string_view(problem).starts_with("quadratic") ? 20000 : 40;
    std::tie(trial.record, trial.observe) = std::pair(record, observe);
    const PlannedTrial planned = planner.prepare(trial);
    Trainer trainer(planned.trial, *planned.problem, catalogs);
    trainer.run([] { return false; });
    double bytes = 0;
    for (const Column& column : trainer.curve().columns())
      bytes += static_cast<double>(column.values.capacity() * sizeof(double));
    for (const Table& table : trainer.tables())
      for (const Column& column : table.columns)
        bytes += static_cast<double>(column.values.capacity() * sizeof(double));
    const double foreseen = trial_bytes(planned.trial, *planned.problem, catalogs).record;
    EXPECT_GT(foreseen, bytes) << problem << ' ' << record;
    const bool holds_iterates = std::string_view(record) == "landscapes";
    EXPECT_TRUE(holds_iterates || foreseen < 5 * bytes) << problem << ' ' << record;
  }
}

// 784 x 30000 + 3 (30000 x 30000) + 30000 x 10 weights: 11 GB for each vector of theta's length.
TEST(MemoryNeed, AModelThatNobodyCanMakeIsWeighedAndRefused) {
  const Catalogs catalogs;
  Planner planner("", catalogs);
  Trial trial = trial_of("mlp(data=glyphs, hidden=30000x4, train=300)", "adam");
  const PlannedTrial planned = planner.prepare(trial);
  const MemoryNeed need = memory_need({planned, planned, planned}, 2, catalogs);
  const double vector = 2723.8e6 * sizeof(Real);
  EXPECT_NEAR(need.largest_trial, 9 * vector, 0.01 * 9 * vector);  // adam has two states
  EXPECT_EQ(need.workers.size(), 2u);
  // With two checkpoints of theta and its states, which take three copies each.
  EXPECT_NEAR(need.total(), 36 * vector, 0.01 * 36 * vector);
  try {
    check_memory({planned, planned}, 2, 20 * vector, catalogs);
    FAIL() << "twice as much as there is";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("use --workers 1"), std::string::npos) << error.what();
  }
  EXPECT_NO_THROW(check_memory({planned, planned}, 1, 20 * vector, catalogs));
}

TEST(MemoryNeed, ExactChecksComeAfterTheTrials) {
  const Catalogs catalogs;
  Planner planner("", catalogs);
  const PlannedTrial small = planner.prepare(trial_of("mlp(data=glyphs, train=200)", "sgd"));
  const MemoryNeed trials = memory_need({small}, 1, catalogs);
  const double more = trials.workers.front() + 50e6;
  EXPECT_EQ(memory_need({small}, 1, catalogs, 1).total(), trials.total());
  EXPECT_EQ(memory_need({small}, 1, catalogs, more).total(), trials.total() + 50e6);
  EXPECT_NE(refusal_of([&] {
              check_memory({small}, 1, trials.total() + 10e6, catalogs, more);
            }).find("the exact checks of this suite need about"),
            std::string::npos);
}

}  // namespace
}  // namespace ravine
