#include "ravine/results/merge.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/lock.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "results/sample_record.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

/// Trials first, first + step, ... below 30.
std::string pack_shard(const std::filesystem::path& path, int first, int step,
                       const std::string& host = "here", const std::string& suite = "suite") {
  ResultsWriter writer(path, suite, {{"host", host}, {"cpu", "same"}});
  for (int i = first; i < 30; i += step) writer.append(sample_record(i, 5));
  return writer.finish();
}

TEST(Merge, ShardsInAnyOrderGiveTheDigestOfTheWhole) {
  const TemporaryFolder folder;
  const std::string digest = pack_shard(folder / "whole.h5", 0, 1);
  pack_shard(folder / "0.h5", 0, 3, "a");
  pack_shard(folder / "1.h5", 1, 3, "b");
  Spool spool(folder / "2.spool");
  for (int i = 2; i < 30; i += 3) spool.write(sample_record(i, 5));

  const MergeReport report =
      merge_results(folder / "m.h5", {folder / "1.h5", folder / "2.spool", folder / "0.h5"});
  EXPECT_EQ(report.digest, digest);
  EXPECT_EQ(report.suite, "suite");
  EXPECT_EQ(report.trials, 30u);
  EXPECT_EQ(report.in_plan, 30u);
  EXPECT_EQ(report.repeated, 0u);
  ResultsReader merged(folder / "m.h5");
  EXPECT_EQ(merged.digest(), digest);
  EXPECT_EQ(merged.environment(), (Environment{{"host", "b | a"}, {"cpu", "same"}}));
  // Again, with itself among the inputs: nothing is new.
  const MergeReport again = merge_results(folder / "m.h5", {folder / "m.h5", folder / "0.h5"});
  EXPECT_EQ(again.digest, digest);
  EXPECT_EQ(again.repeated, 10u);
  EXPECT_EQ(ResultsReader(folder / "m.h5").environment(), merged.environment());
}

TEST(Merge, RefusesConflictingBitsAndNamesBoth) {
  const TemporaryFolder folder;
  pack_shard(folder / "a.h5", 0, 1);
  Spool spool(folder / "b.spool");
  TrialRecord other = sample_record(3, 5);
  other.cells[13].value = 99.0;  // a timing
  spool.write(other);
  EXPECT_EQ(merge_results(folder / "m.h5", {folder / "a.h5", folder / "b.spool"}).repeated, 1u);
  std::filesystem::remove(folder / "m.h5");

  other.curve[9].values[2] = std::nextafter(other.curve[9].values[2], 9.0);
  spool.write(other);
  const std::string message = refusal_of([&] {
    merge_results(folder / "m.h5", {folder / "a.h5", folder / "b.spool"});
  });
  for (const std::string& part :
       {other.id, (folder / "a.h5").string(), (folder / "b.spool").string()})
    EXPECT_NE(message.find(part), std::string::npos) << message;
  EXPECT_FALSE(std::filesystem::exists(folder / "m.h5"));
}

TEST(Merge, ATrialIsInThePlanIfOneInputSaysSo) {
  const TemporaryFolder folder;
  for (const bool in_plan : {false, true}) {
    ResultsWriter writer(folder / (in_plan ? "new.h5" : "old.h5"), "suite", {});
    writer.append(sample_record(1, 5), in_plan);
    if (!in_plan) writer.append(sample_record(2, 5), false);
    writer.finish();
  }
  const MergeReport report = merge_results(folder / "m.h5", {folder / "old.h5", folder / "new.h5"});
  EXPECT_EQ(report.trials, 2u);
  EXPECT_EQ(report.in_plan, 1u);
  EXPECT_EQ(report.digest, ResultsReader(folder / "new.h5").digest());
}

TEST(Merge, RefusesDifferentSuites) {
  const TemporaryFolder folder;
  pack_shard(folder / "a.h5", 0, 2);
  pack_shard(folder / "b.h5", 1, 2, "here", "other");
  EXPECT_NE(refusal_of([&] {
              merge_results(folder / "m.h5", {folder / "a.h5", folder / "b.h5"});
            }).find("merge files of one suite"),
            std::string::npos);
  Spool spool(folder / "s.spool");
  spool.write(sample_record(1, 5));
  EXPECT_NE(
      refusal_of([&] { merge_results(folder / "m.h5", {folder / "s.spool"}); }).find("--suite"),
      std::string::npos);
  EXPECT_EQ(merge_results(folder / "m.h5", {folder / "s.spool"}, "named").suite, "named");
}

TEST(Merge, RefusesFoldersThatAreNoSpoolsAndInputsWithoutTrials) {
  const TemporaryFolder folder;
  const auto merge = [&](const std::string& input, const std::string& suite) {
    const std::string said =
        refusal_of([&] { merge_results(folder / "m.h5", {folder / input}, suite); });
    EXPECT_FALSE(is_there(folder / "m.h5")) << input;
    return said;
  };
  create_folders(folder / "empty.spool");
  create_folders(folder / "other.spool");
  write_bytes(folder / "other.spool" / "notes.txt", {});
  pack_shard(folder / "other.spool" / "whole.h5", 0, 1);
  for (const char* input : {"empty.spool", "other.spool"})
    for (const char* suite : {"", "suite"})
      EXPECT_NE(merge(input, suite).find("but not a spool"), std::string::npos) << input;
  Spool(folder / "begun.spool", Spool::Access::kWrite, "suite");
  EXPECT_NE(merge("begun.spool", "").find("no input holds a trial"), std::string::npos);
  EXPECT_NE(merge("begun.spool", "others").find("holds results of the suite suite"),
            std::string::npos);
  ResultsWriter(folder / "none.h5", "suite", {}).finish();
  EXPECT_NE(merge("none.h5", "").find("no input holds a trial"), std::string::npos);
}

TEST(Merge, DoesNotDestroyTheOutput) {
  const TemporaryFolder folder;
  pack_shard(folder / "a.h5", 0, 2);
  pack_shard(folder / "b.h5", 1, 2);
  const std::string before = ResultsReader(folder / "a.h5").digest();
  // The output forgotten: the first input would be overwritten.
  EXPECT_NE(
      refusal_of([&] { merge_results(folder / "a.h5", {folder / "b.h5"}); }).find("add it to them"),
      std::string::npos);
  EXPECT_EQ(ResultsReader(folder / "a.h5").digest(), before);
  write_bytes(folder / "notes.txt", std::vector<std::byte>(1000));
  EXPECT_NE(refusal_of([&] { merge_results(folder / "notes.txt", {folder / "b.h5"}); }), "");
  EXPECT_EQ(read_bytes(folder / "notes.txt").size(), 1000u);
}

TEST(Merge, TakesTheLockOfTheOutput) {
  const TemporaryFolder folder;
  pack_shard(folder / "a.h5", 0, 2);
  {
    const FileLock lock(folder / "m.h5.lock");
    EXPECT_THROW(merge_results(folder / "m.h5", {folder / "a.h5"}), IoError);
    EXPECT_FALSE(std::filesystem::exists(folder / "m.h5"));
  }
  write_bytes(folder / ".m.h5.0123456789abcdef.tmp",
              std::vector<std::byte>(10));  // of a killed one
  merge_results(folder / "m.h5", {folder / "a.h5"});
  EXPECT_EQ(folder.count(), 2u);
}

TEST(Merge, LeavesOutDamagedSpoolFilesAndSaysSo) {
  const TemporaryFolder folder;
  pack_shard(folder / "a.h5", 0, 2);
  Spool spool(folder / "b.spool");
  spool.write(sample_record(1, 5));
  write_bytes(folder / "b.spool/0123456789abcdef.h5", std::vector<std::byte>(1000));
  const MergeReport report = merge_results(folder / "m.h5", {folder / "a.h5", folder / "b.spool"});
  EXPECT_EQ(report.trials, 16u);
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(folder / "b.spool/0123456789abcdef.h5"));
  EXPECT_NE(refusal_of([&] { merge_results(folder / "n.h5", {folder / "absent.h5"}); }), "");
}

}  // namespace
}  // namespace ravine
