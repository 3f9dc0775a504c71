#include "ravine/run/scheduler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <new>
#include <system_error>

#include "ravine/io/files.hpp"
#include "support/temporary_folder.hpp"
#include "train/toy_problem.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

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

TEST(Scheduler, AnErrorOfTheEnvironmentIsNoResult) {
  const TemporaryFolder folder;
  const PlannedTrial planned = toy(0.1);
  const fs::path checkpoint = folder / (planned.id + ".checkpoint");
  // Each lets no checkpoint be stored.
  const std::vector<std::function<void()>> faults = {
      [] { throw IoError("disk full"); }, [] { throw PathError("no permission"); },
      [] { throw std::bad_alloc(); },
      [] { throw std::system_error(EAGAIN, std::generic_category()); },
      [&] { fs::create_directory(checkpoint); }};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    Progress progress;
    std::atomic<bool> stop = false;
    TrialRecord record;
    const RunOptions options{
        .checkpoints = folder.path(), .checkpoint_every_seconds = 0, .before_writing = faults[i]};
    try {
      run_trial(planned, Catalogs{}, options, stop, progress, record);
      ADD_FAILURE() << "fault " << i << " went by";
    } catch (const std::exception& error) {
      EXPECT_TRUE(is_environment(error)) << error.what();
    }
    EXPECT_TRUE(record.id.empty());
    EXPECT_EQ(progress.failed + progress.done + progress.running, 0u);
  }
}

TEST(Scheduler, WhatWasSetAsideBeforeIsNotInTheWay) {
  const TemporaryFolder folder;
  const PlannedTrial planned = toy(0.1);
  const fs::path checkpoint = folder / (planned.id + ".checkpoint");
  fs::create_directories(checkpoint.string() + ".damaged/full");
  for (const bool is_folder : {false, true}) {
    if (is_folder) fs::create_directories(checkpoint / "full");
    if (!is_folder) fs::create_symlink("/dev/zero", checkpoint);
    Progress progress;
    std::atomic<bool> stop = false;
    TrialRecord record;
    ASSERT_TRUE(
        run_trial(planned, Catalogs{}, {.checkpoints = folder.path()}, stop, progress, record));
    EXPECT_EQ(text_cell(record, "outcome"), "completed");
    EXPECT_TRUE(is_there(checkpoint.string() + (is_folder ? ".damaged-3" : ".damaged-2")));
  }
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
