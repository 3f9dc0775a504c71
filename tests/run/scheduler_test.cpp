#include "ravine/run/scheduler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "run/toy_problem.hpp"

namespace ravine {
namespace {

PlannedTrial toy(double learning_rate, std::int64_t throw_at_step = -1) {
  PlannedTrial planned;
  planned.trial.problem = "rosenbrock";
  planned.trial.learning_rate = learning_rate;
  planned.trial.batch_size = 5;
  planned.trial.steps = 20;
  planned.trial = canonical(planned.trial, Catalogs{});
  planned.problem = std::make_shared<ToyProblem>(throw_at_step);
  planned.spec = trial_spec(planned.trial, "", Catalogs{});
  planned.id = trial_id(planned.spec);
  planned.total_steps = 20;
  planned.gigaflops = 1;
  return planned;
}

std::map<std::string, std::string> run(const std::vector<PlannedTrial>& plan, int workers,
                                       Progress& progress) {
  std::vector<const PlannedTrial*> pending;
  for (const auto& planned : plan) pending.push_back(&planned);
  std::map<std::string, std::string> digests;
  std::atomic<bool> stop = false;
  run_trials(pending, Catalogs{}, {.workers = workers}, stop, progress,
             [&](const TrialRecord& record) { digests[record.id] = record_digest(record); });
  return digests;
}

TEST(Scheduler, AnyNumberOfWorkersGivesTheSameBits) {
  std::vector<PlannedTrial> plan;
  for (int i = 1; i <= 40; ++i) plan.push_back(toy(0.01 * i));
  Progress one, three;
  const auto digests = run(plan, 1, one);
  EXPECT_EQ(digests.size(), 40u);
  EXPECT_EQ(digests, run(plan, 3, three));
  EXPECT_EQ(three.done, 40u);
  EXPECT_EQ(three.running, 0u);
  EXPECT_NEAR(three.gigaflops_done, 40, 1e-9);
}

TEST(Scheduler, AnExceptionBecomesAFailedTrialAndTheOthersGoOn) {
  const std::vector<PlannedTrial> plan = {toy(0.1), toy(0.2, 7), toy(0.3)};
  std::vector<const PlannedTrial*> pending = {&plan[0], &plan[1], &plan[2]};
  std::map<std::string, TrialRecord> records;
  Progress progress;
  std::atomic<bool> stop = false;
  run_trials(pending, Catalogs{}, {.workers = 2}, stop, progress,
             [&](const TrialRecord& record) { records[record.id] = record; });
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(text_cell(records[plan[1].id], "outcome"), "failed");
  EXPECT_EQ(text_cell(records[plan[1].id], "message"), "the toy broke");
  EXPECT_EQ(text_cell(records[plan[0].id], "outcome"), "completed");
  EXPECT_EQ(progress.failed, 1u);
}

TEST(Scheduler, AFailureToStoreStopsTheRun) {
  const std::vector<PlannedTrial> plan = {toy(0.1), toy(0.2), toy(0.3)};
  std::vector<const PlannedTrial*> pending = {&plan[0], &plan[1], &plan[2]};
  Progress progress;
  std::atomic<bool> stop = false;
  EXPECT_THROW(run_trials(pending, Catalogs{}, {.workers = 2}, stop, progress,
                          [](const TrialRecord&) { throw IoError("disk full"); }),
               IoError);
  EXPECT_TRUE(stop);
}

}  // namespace
}  // namespace ravine
