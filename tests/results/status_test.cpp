#include "ravine/results/status.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/io/lock.hpp"
#include "ravine/results/leftovers.hpp"
#include "ravine/results/output_names.hpp"
#include "ravine/results/progress_file.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "ravine/results/spool_folder.hpp"
#include "results/sample_record.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

void pack_trials(const fs::path& path, const std::vector<int>& numbers) {
  ResultsWriter writer(path, "suite", {{"host", "here"}});
  for (const int number : numbers) writer.append(sample_record(number, 5));
  writer.finish();
}

void spool_trials(const fs::path& output, const std::vector<int>& numbers) {
  Spool spool(spool_path(output), Spool::Access::kWrite, "suite");
  for (const int number : numbers) spool.write(sample_record(number, 5));
}

void write_lock(const fs::path& output, const std::string& host, const std::string& pid,
                int age_seconds) {
  std::ofstream(lock_path(output))
      << "host=" << host << "\npid=" << pid << "\nstarted=" << std::time(nullptr) - 100
      << "\njob=17\nheartbeat=1\n";
  fs::last_write_time(lock_path(output),
                      fs::file_time_type::clock::now() - std::chrono::seconds(age_seconds));
}

TEST(Status, OfNothingIsWaiting) {
  const TemporaryFolder folder;
  const OutputStatus status = status_of(folder / "x.h5");
  EXPECT_EQ(status.state, "waiting");
  EXPECT_EQ(status.finished, 0u);
  EXPECT_FALSE(status.planned || status.holder);
}

TEST(Status, CountsTrialsInTheSpoolAndInTheFileOnce) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5";
  pack_trials(output, {1, 2, 10});
  EXPECT_EQ(status_of(output).state, "done");
  EXPECT_EQ(status_of(output).planned, 3u);
  spool_trials(output, {2, 3, 21});
  const OutputStatus status = status_of(output);
  EXPECT_EQ(status.state, "stopped");
  EXPECT_EQ(status.suite, "suite");
  EXPECT_EQ(status.finished, 5u);
  EXPECT_EQ(status.diverged, 2u);
  EXPECT_EQ(status.failed, 0u);
}

TEST(Status, NamesWhatDoesNotCountAndCountsTheRest) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5";
  spool_trials(output, {1, 2, 3});
  const fs::path bad = spool_path(output) / (sample_record(2, 5).id + ".h5");
  fs::resize_file(bad, fs::file_size(bad) - 1);
  OutputStatus status = status_of(output);
  EXPECT_EQ(status.finished, 2u);
  ASSERT_EQ(status.damaged.size(), 1u);
  EXPECT_NE(status.damaged[0].find(bad.filename().string()), std::string::npos);
  EXPECT_TRUE(fs::exists(bad)) << "looking has moved it";
  pack_trials(output, {1});
  fs::resize_file(output, fs::file_size(output) - 1);
  status = status_of(output);
  EXPECT_EQ(status.state, "stopped");
  EXPECT_EQ(status.damaged.size(), 2u);
}

TEST(Status, RunsWhoeverHoldsTheLockAndIsAlive) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  struct Case {
    std::string host, pid;
    int age_seconds;
    bool alive;
  };
  const std::vector<Case> cases = {{"elsewhere", "1", 200, true},
                                   {"elsewhere", "1", FileLock::kStaleSeconds + 1, false},
                                   {host.data(), std::to_string(::getpid()), 9999, true},
                                   {host.data(), "4194305", 0, false}};
  for (const Case& one : cases) {
    const TemporaryFolder folder;
    spool_trials(folder / "x.h5", {1});
    write_lock(folder / "x.h5", one.host, one.pid, one.age_seconds);
    const OutputStatus status = status_of(folder / "x.h5");
    EXPECT_EQ(status.state, one.alive ? "running" : "stopped") << one.host << ' ' << one.pid;
    ASSERT_EQ(status.holder.has_value(), one.alive);
    if (!one.alive) continue;
    EXPECT_EQ(status.holder->job, "17");
    EXPECT_NEAR(status.holder->elapsed_seconds, 100, 5);
  }
}

TEST(Status, AnOddLockIsNobodys) {
  const TemporaryFolder folder;
  for (const std::string text :
       {"", "\xff\xfe\n", "host=x\npid=1\nstarted=yesterday\n", "====\n"}) {
    std::ofstream(lock_path(folder / "x.h5"), std::ios::trunc) << text;
    EXPECT_GE(status_of(folder / "x.h5").finished, 0u);
  }
}

TEST(Status, TheProgramSaysWhatItPlansAndHowLongItTakes) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5";
  spool_trials(output, {1});
  write_progress(spool_path(output), {9, 200});
  EXPECT_EQ(status_of(output).planned, 9u);
  EXPECT_FALSE(status_of(output).seconds_left) << "nobody works on it";
  write_lock(output, "elsewhere", "1", 0);
  const fs::path note = spool_path(output) / kProgressFile;
  fs::last_write_time(note, fs::file_time_type::clock::now() - std::chrono::seconds(50));
  EXPECT_NEAR(status_of(output).seconds_left.value(), 150, 5);
  fs::last_write_time(note, fs::file_time_type::clock::now() - std::chrono::seconds(500));
  EXPECT_EQ(status_of(output).seconds_left.value(), 0);
  for (const std::string text :
       {"", "planned=many\n", "planned=-1\n", "seconds_left=5\n", "\xff"}) {
    std::ofstream(note, std::ios::trunc) << text;
    EXPECT_FALSE(status_of(output).planned) << text;
  }
}

TEST(Status, TheNoteGoesWithTheSpool) {
  const TemporaryFolder folder;
  spool_trials(folder / "x.h5", {});
  write_progress(spool_path(folder / "x.h5"), {9, {}});
  EXPECT_TRUE(status_of(folder / "x.h5").damaged.empty());
  remove_empty_spool(spool_path(folder / "x.h5"));
  EXPECT_FALSE(fs::exists(spool_path(folder / "x.h5")));
}

TEST(Status, OfShardsNamesWhatThePlanMisses) {
  const TemporaryFolder folder;
  const std::string output = (folder / "x.h5").string();
  std::vector<PlanLine> plan;
  for (int i = 0; i < 12; ++i)
    plan.push_back({sample_record(i, 5).id, 1, "trial " + std::to_string(i)});
  write_plan(plan_path(output), plan, "suite");
  pack_trials(shard_output(output, 2, 11), {0, 1, 2, 10});
  spool_trials(shard_output(output, 10, 11), {3, 4});
  write_lock(shard_output(output, 10, 11), "elsewhere", "1", 0);
  const OutputStatus status = status_of(output);
  ASSERT_EQ(status.shards.size(), 2u);
  EXPECT_EQ(status.shards[0].output, shard_output(output, 2, 11));
  EXPECT_EQ(status.shards[0].state, "done");
  EXPECT_EQ(status.shards[1].state, "running");
  EXPECT_EQ(status.state, "running");
  EXPECT_EQ(status.planned, 12u);
  EXPECT_EQ(status.finished, 6u);
  EXPECT_EQ(status.diverged, 1u);
  ASSERT_EQ(status.missing.size(), 6u);
  EXPECT_EQ(status.missing[0].text, "trial 5");
  EXPECT_TRUE(status_of(shard_output(output, 2, 11)).missing.empty());
}

TEST(PackSoFar, JoinsTheFileTheSpoolAndTheShardsAndLeavesThem) {
  const TemporaryFolder folder;
  const std::string output = (folder / "x.h5").string();
  EXPECT_THROW(pack_so_far(folder / "now.h5", output), IoError);
  spool_trials(output, {});
  EXPECT_THROW(pack_so_far(folder / "now.h5", output), IoError);
  EXPECT_FALSE(fs::exists(folder / "now.h5"));

  pack_trials(output, {1, 2});
  spool_trials(output, {3});
  spool_trials(shard_output(output, 0, 2), {4, 5});
  // The run itself holds its lock meanwhile.
  const FileLock lock(lock_path(output));
  const MergeReport report = pack_so_far(folder / "now.h5", output);
  EXPECT_EQ(report.trials, 5u);
  EXPECT_EQ(report.in_plan, 5u);
  EXPECT_EQ(ResultsReader(folder / "now.h5").size(), 5u);
  EXPECT_EQ(status_of(output).finished, 5u);
  // Again, when more is finished.
  spool_trials(output, {6});
  EXPECT_EQ(pack_so_far(folder / "now.h5", output).trials, 6u);
}

TEST(PackSoFar, NeverWritesIntoTheRun) {
  const TemporaryFolder folder;
  const std::string output = (folder / "x.h5").string();
  pack_trials(output, {1});
  EXPECT_THROW(pack_so_far(output, output), Error);
  EXPECT_THROW(pack_so_far(shard_output(output, 0, 2), output), Error);
}

}  // namespace
}  // namespace ravine
