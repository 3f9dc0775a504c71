#include "ravine/results/siblings.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "ravine/core/environment.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/results/attempts.hpp"
#include "ravine/results/merge.hpp"
#include "ravine/results/output_names.hpp"
#include "ravine/results/plan_file.hpp"
#include "ravine/results/record_file.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "results/pack_records.hpp"
#include "results/sample_record.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

/// A trial as this build would have stored it.
TrialRecord mine(int number) {
  TrialRecord record = sample_record(number, 2);
  record.build_id = build_id();
  return record;
}

std::vector<PlanLine> plan_of(int count) {
  std::vector<PlanLine> plan;
  for (int i = 0; i < count; ++i) plan.push_back({mine(i).id, 0.1 * i, "rosenbrock  adam"});
  return plan;
}

TEST(Siblings, AreKnownByTheirNames) {
  for (const char* name :
       {"r/x.h5", "r/x.h5.spool", "r/x.shard-0-of-4.h5", "r/x.shard-12-of-40.h5.spool"})
    EXPECT_EQ(plan_path(name), "r/x.plan");
  EXPECT_EQ(plan_path("x.search.shard-1-of-2.h5"), "x.search.plan");
  EXPECT_EQ(plan_path("r/x.shard-0-of-2.h5.lock"), "r/x.shard-0-of-2.h5.lock.plan");
}

TEST(Siblings, ShardsOfAnyNameHaveItsPlanAndFindEachOther) {
  for (const std::string name :
       {"x.h5", "x.hdf5", "run1", "run1.dat", "x.tar.gz", ".hidden", "x."}) {
    const TemporaryFolder folder;
    const std::string whole = folder / name, shard = shard_output(whole, 3, 12);
    for (const std::string& path : {whole, shard, shard + ".spool"}) {
      EXPECT_EQ(whole_output(path), whole);
      EXPECT_EQ(plan_path(path), plan_path(whole));
    }
    EXPECT_NE(plan_path(whole), whole);
    pack_records(shard, {mine(0)});
    Spool(shard_output(whole, 0, 2) + ".spool").write(mine(1));
    write_bytes(shard + ".lock", std::vector<std::byte>(100));
    const std::set<std::string> wanted = {mine(0).id, mine(1).id, mine(2).id};
    EXPECT_EQ(finished_by_siblings(whole, wanted).size(), 2u) << name;
  }
  EXPECT_NE(plan_path("x.h5"), plan_path("x.hdf5"));
}

TEST(Siblings, FinishedTrialsAreFoundInFilesSegmentsAndPackedFiles) {
  const TemporaryFolder folder;
  std::set<std::string> wanted;
  for (int i = 0; i < 700; ++i) wanted.insert(mine(i).id);
  pack_records(folder / "x.shard-0-of-3.h5", {mine(0), mine(1)});
  {
    Spool many(folder / "x.shard-1-of-3.h5.spool");
    for (int i = 2; i < 520; ++i) many.write(mine(i));
  }
  // What does not count: failed, of another build, not asked for, another result file, damaged.
  Spool spool(folder / "x.shard-2-of-3.h5.spool");
  TrialRecord failed = mine(600), foreign = mine(601);
  for (Cell& cell : failed.cells)
    if (cell.name == "outcome") cell.value = "failed";
  foreign.build_id = "another";
  spool.write(failed);
  spool.write(foreign);
  spool.write(mine(1000));
  write_bytes(folder / "x.shard-2-of-3.h5.spool/000009.segment", std::vector<std::byte>(2000));
  pack_records(folder / "y.h5", {mine(602)});
  write_bytes(folder / "x.shard-2-of-4.h5", std::vector<std::byte>(2000));
  // Nor what the shard itself has.
  pack_records(folder / "x.shard-3-of-4.h5", {mine(603)});

  const auto found = finished_by_siblings(folder / "x.shard-3-of-4.h5", wanted);
  std::set<std::string> expected;
  for (int i = 0; i < 520; ++i) expected.insert(mine(i).id);
  EXPECT_EQ(found, expected);
}

TEST(PlanFile, GivesBackThePlanAndIsWrittenOnce) {
  const TemporaryFolder folder;
  const auto plan = plan_of(5);
  write_plan(folder / "x.plan", plan, "suite");
  const auto before = std::filesystem::last_write_time(folder / "x.plan");
  write_plan(folder / "x.plan", plan, "suite");
  EXPECT_EQ(std::filesystem::last_write_time(folder / "x.plan"), before);
  const auto lines = read_plan(folder / "x.plan");
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[3].id, plan[3].id);
  EXPECT_DOUBLE_EQ(lines[3].gigaflops, 0.1 * 3);
  EXPECT_EQ(lines[3].text, plan[3].text);
  EXPECT_THROW(write_plan(folder / "x.plan", plan, "other"), Error);
  auto bytes = read_bytes(folder / "x.plan");
  bytes[600] ^= std::byte{1};
  write_bytes(folder / "x.plan", bytes);
  EXPECT_THROW(read_plan(folder / "x.plan"), Error);
}

TEST(PlanFile, LeavesAloneWhatIsNoPlan) {
  const TemporaryFolder folder;
  const auto plan = plan_of(2);
  std::ofstream(folder / "x.plan") << "my plan for the thesis";
  EXPECT_THROW(write_plan(folder / "x.plan", plan, "suite"), Error);
  EXPECT_EQ(std::filesystem::file_size(folder / "x.plan"), 22u);
  std::filesystem::create_symlink("x.plan", folder / "y.plan");
  EXPECT_THROW(write_plan(folder / "y.plan", plan, "suite"), Error);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "y.plan"));
}

TEST(Attempts, LeavesAloneWhatIsNoListAndGoesOnWithoutOne) {
  const TemporaryFolder folder;
  std::ofstream(folder / "attempts") << "attempts at a poem\n";
  EXPECT_THROW(note_attempt(folder.path()), Error);
  EXPECT_EQ(std::filesystem::file_size(folder / "attempts"), 19u);
  std::filesystem::remove(folder / "attempts");
  std::ofstream(folder / "victim") << "1";
  std::filesystem::create_symlink("victim", folder / "attempts");
  EXPECT_THROW(note_attempt(folder.path()), Error);
  EXPECT_EQ(std::filesystem::file_size(folder / "victim"), 1u);
  note_attempt(folder / "absent");
  EXPECT_FALSE(std::filesystem::exists(folder / "absent"));
  std::filesystem::remove(folder / "attempts");
  std::ofstream(folder / "attempts") << "17670";  // a killed process came so far
  note_attempt(folder.path());
}

TEST(PlanFile, MakesAMergeThatOfOneMachine) {
  const TemporaryFolder folder;
  write_plan(folder / "x.plan", plan_of(6), "suite");
  pack_records(folder / "x.shard-0-of-2.h5", {mine(5), mine(1), mine(77)});
  Spool spool(folder / "x.shard-1-of-2.h5.spool");
  for (const int i : {4, 0}) spool.write(mine(i));
  const MergeReport report = merge_results(
      folder / "out.h5", {folder / "x.shard-1-of-2.h5.spool", folder / "x.shard-0-of-2.h5"});
  EXPECT_EQ(report.planned, 6u);
  EXPECT_EQ(report.in_plan, 4u);
  EXPECT_EQ(report.trials, 5u);
  ASSERT_EQ(report.missing.size(), 2u);
  EXPECT_EQ(report.missing[0].id, mine(2).id);
  EXPECT_EQ(report.missing[1].id, mine(3).id);
  ResultsReader merged(folder / "out.h5");
  const std::vector<std::string> order = {mine(0).id, mine(1).id, mine(4).id, mine(5).id,
                                          mine(77).id};
  EXPECT_EQ(merged.ids(), order);
  EXPECT_FALSE(merged.in_plan(4));
  EXPECT_EQ(merged.digest(), report.digest);

  // The plan of a final stage beside that of its search: one after the other.
  write_plan(folder / "y.plan", plan_of(8), "suite");
  pack_records(folder / "y.h5", {mine(7)});
  const MergeReport both =
      merge_results(folder / "z.h5", {folder / "y.h5", folder / "x.shard-0-of-2.h5"});
  EXPECT_EQ(both.planned, 8u);
  EXPECT_EQ(both.in_plan, 3u);
  EXPECT_EQ(both.missing.size(), 5u);
}

TEST(Attempts, AreCountedWithTheirHostsAndJobs) {
  const TemporaryFolder folder;
  Environment environment = {{"host", "mine"}, {"cpu", "same"}};
  add_attempts(environment, folder.path());
  EXPECT_EQ(environment.size(), 2u);
  note_attempt(folder.path());
  const std::string line = "1700000000 elsewhere 7 4711\n";
  std::vector<std::byte> bytes = read_bytes(folder / kAttemptsFile);
  const auto more = std::as_bytes(std::span(line));
  bytes.insert(bytes.end(), more.begin(), more.end());
  write_bytes(folder / kAttemptsFile, bytes);
  add_attempts(environment, folder.path());
  const auto value = [&](const std::string& key) {
    for (const auto& [name, text] : environment)
      if (name == key) return text;
    return std::string();
  };
  EXPECT_EQ(value("attempts"), "2");
  EXPECT_TRUE(value("host").ends_with(" | elsewhere")) << value("host");
  EXPECT_TRUE(value("slurm_job").ends_with("4711"));
}

}  // namespace
}  // namespace ravine
