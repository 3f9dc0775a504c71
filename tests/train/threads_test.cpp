// Everything that runs at the same time in a suite: workers, threads within a trial, the display,
// the time limit, the spool. Under the preset `tsan` these tests look for races.

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "ravine/problems/problem.hpp"
#include "ravine/results/spool.hpp"
#include "ravine/run/progress_display.hpp"
#include "ravine/run/scheduler.hpp"
#include "ravine/run/stop.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/trainer.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

// Wide enough that products, losses and updates are split over threads.
PlannedTrial wide_trial(std::int64_t seed, const std::string& optimizer) {
  PlannedTrial planned;
  Trial& trial = planned.trial;
  trial.problem = "mlp(data=glyphs, hidden=256, train=256)";
  trial.batch_norm = "hidden";
  trial.optimizer = optimizer;
  trial.averaging = "polyak";
  trial.learning_rate = 0.01;
  trial.batch_size = 256;
  trial.steps = 3;
  trial.seed = seed;
  trial = canonical(trial, Catalogs{});
  planned.problem = Catalogs().make_problem(trial.problem, trial.batch_norm);
  planned.spec = trial_spec(trial, "", Catalogs{});
  planned.id = trial_id(planned.spec);
  planned.total_steps = trial.steps;
  planned.gigaflops = 1;
  return planned;
}

std::string bits_with(const PlannedTrial& planned, int threads) {
  Progress progress;
  std::atomic<bool> stop = false;
  TrialRecord record;
  EXPECT_TRUE(run_trial(planned, Catalogs{}, {.threads = {threads}}, stop, progress, record));
  EXPECT_EQ(text_cell(record, "outcome"), "completed") << text_cell(record, "message");
  return record_digest(record);
}

TEST(Threads, SplitOneTrialWithoutARace) {
  for (const char* optimizer : {"adam", "lbfgs"}) {
    const PlannedTrial planned = wide_trial(0, optimizer);
    const std::string one = bits_with(planned, 1);
    for (const int threads : {2, 3}) EXPECT_EQ(bits_with(planned, threads), one) << optimizer;
  }
}

TEST(Threads, WorkersSpoolDisplayAndTimeLimitShareAProcess) {
  const TemporaryFolder folder;
  std::vector<PlannedTrial> plan;
  std::vector<const PlannedTrial*> pending;
  for (std::int64_t seed = 0; seed < 6; ++seed) plan.push_back(wide_trial(seed, "momentum"));
  for (const PlannedTrial& planned : plan) pending.push_back(&planned);
  Spool spool(folder / "spool");
  Progress progress;
  {
    StopRequest stop;
    stop.limit(600);
    stop.begin_storing();
    const ProgressDisplay display(progress, plan.size(), 6);
    run_trials(pending, Catalogs{},
               {.workers = 3,
                .threads = {2},
                .checkpoints = spool.folder(),
                .checkpoint_every_seconds = 1e-6},
               stop.requested(), progress, [&](const TrialRecord& record) { spool.write(record); });
  }
  EXPECT_EQ(progress.done, plan.size());
  for (const PlannedTrial& planned : plan) {
    const auto record = spool.read(planned.id);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record_digest(*record), bits_with(planned, 1));
  }
}

}  // namespace
}  // namespace ravine
