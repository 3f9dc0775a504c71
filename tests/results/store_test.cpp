#include "ravine/results/store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/results/merge.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "results/sample_record.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

TrialRecord sample(int number) { return sample_record(number, 3); }

std::vector<std::string> ids(std::vector<int> numbers) {
  std::vector<std::string> ids;
  for (const int number : numbers) ids.push_back(sample(number).id);
  return ids;
}

/// A finished run of these trials.
void run(const fs::path& output, const std::vector<int>& numbers,
         const std::string& suite = "suite") {
  Store store(output, suite, false);
  for (const int number : numbers)
    if (!store.contains(sample(number).id)) store.write(sample(number));
  store.pack(ids(numbers), {});
}

/// A run that stops with these trials stored.
void stop(const fs::path& output, const std::vector<int>& numbers) {
  Store store(output, "suite", false);
  for (const int number : numbers) store.write(sample(number));
}

TEST(Store, ASpoolKnowsItsSuite) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5";
  stop(output, {1, 2});
  for (const bool fresh : {false, true})
    EXPECT_NE(refusal_of([&] { Store(output, "other", fresh); }).find("trials of the suite suite"),
              std::string::npos);
  EXPECT_NE(refusal_of([&] { merge_results(folder / "m.h5", {folder / "x.h5.spool"}, "other"); }),
            "");
  EXPECT_EQ(merge_results(folder / "m.h5", {folder / "x.h5.spool"}).suite, "suite");
  run(output, {1, 2, 3});
  EXPECT_EQ(ResultsReader(output).size(), 3u);
  EXPECT_EQ(folder.count(), 2u);
}

TEST(Store, NobodyElseWritesTheOutputWhileItLives) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5";
  run(folder / "other.h5", {7});
  {
    Store store(output, "suite", false);
    store.write(sample(1));
    EXPECT_THROW(merge_results(output, {folder / "other.h5"}), IoError);
    EXPECT_THROW(merge_results(output, {output.string() + ".spool"}), IoError);
    EXPECT_THROW(Store(output, "suite", false), IoError);
    store.pack(ids({1}), {});
  }
  EXPECT_EQ(ResultsReader(output).ids(), ids({1}));
}

TEST(Store, KeepsWhatAppearedAtTheOutputMeanwhile) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5";
  run(folder / "other.h5", {7, 8});
  Store store(output, "suite", false);
  store.write(sample(1));
  fs::copy(folder / "other.h5", output);  // by somebody who asks no lock
  store.pack(ids({1}), {});
  const ResultsReader packed(output);
  EXPECT_EQ(packed.size(), 3u);
  EXPECT_TRUE(packed.find(sample(7).id) && packed.find(sample(8).id));
}

TEST(Store, AppearingWhileItPacksOrForeignStopsItWithNothingLost) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5", other = folder / "other.h5";
  run(other, {7});
  {
    Store store(output, "suite", false);
    store.write(sample(1));
    EXPECT_THROW(
        store.pack(ids({1}), {}, {}, [&](std::size_t, TrialRecord&) { fs::copy(other, output); }),
        IoError);
    EXPECT_EQ(ResultsReader(output).ids(), ids({7}));
    store.pack(ids({1}), {});
    EXPECT_EQ(ResultsReader(output).size(), 2u);
  }
  {
    Store store(output, "suite", false);
    store.write(sample(2));
    std::ofstream(output) << "my thesis";
    EXPECT_THROW(store.pack(ids({1, 2}), {}), IoError);
  }
  EXPECT_EQ(fs::file_size(output), 9u);
  EXPECT_TRUE(Spool(folder / "x.h5.spool", Spool::Access::kRead).contains(sample(2).id));
}

TEST(Store, StopsWritingOnceItsLockWasTakenOver) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5", lock = folder / "x.h5.lock";
  {
    Store store(output, "suite", false);
    store.write(sample(1));
    std::ofstream(lock) << "host=elsewhere\npid=77\nstarted=1\njob=\nheartbeat=1\n";
    EXPECT_THROW(store.write(sample(2)), IoError);
    EXPECT_THROW(store.pack(ids({1}), {}), IoError);
    EXPECT_FALSE(is_there(output));
  }
  EXPECT_TRUE(is_there(lock));
  EXPECT_EQ(Spool(folder / "x.h5.spool", Spool::Access::kRead).ids(), ids({1}));
}

TEST(Store, FreshForgetsCheckpointsToo) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5";
  const fs::path checkpoint = folder / "x.h5.spool/0123456789abcdef.checkpoint";
  stop(output, {1});
  std::ofstream(checkpoint) << "where it was";
  { Store(output, "suite", false); }
  EXPECT_TRUE(is_there(checkpoint));
  const Store store(output, "suite", true);
  EXPECT_FALSE(is_there(checkpoint));
  EXPECT_TRUE(store.ids().empty());
}

TEST(Store, RemovesWhatKilledRunsHaveLeft) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5", spool = folder / "x.h5.spool";
  stop(output, {1});
  const std::string stored = sample(1).id, unfinished = sample(2).id;
  for (const char* name :
       {".x.h5.0123456789abcdef.tmp", ".x.h5.lock.0123456789abcdef.tmp", ".x.h5.host-1-0.tmp"})
    std::ofstream(folder / name) << "half";
  for (const std::string& name : {stored + ".checkpoint", unfinished + ".checkpoint",
                                  "." + stored + ".h5.0123456789abcdef.tmp", std::string("notes")})
    std::ofstream(spool / name) << "half";
  {
    const Store store(output, "suite", false);
    EXPECT_EQ(folder.count(), 2u);  // the spool and the lock
    EXPECT_FALSE(is_there(spool / (stored + ".checkpoint")));
    EXPECT_TRUE(is_there(spool / (unfinished + ".checkpoint")));
  }
  run(output, {1});  // a plan without the unfinished trial
  EXPECT_FALSE(is_there(spool / (unfinished + ".checkpoint")));
  EXPECT_TRUE(is_there(spool / "notes"));
  fs::remove(spool / "notes");
  run(output, {1});
  EXPECT_EQ(folder.count(), 1u);
}

TEST(Store, AFinishedRunIsNotPackedAnewUnlessSomethingChanged) {
  const TemporaryFolder folder;
  const fs::path output = folder / "x.h5";
  const auto inode = [&] {
    struct stat status {};
    EXPECT_EQ(::stat(output.c_str(), &status), 0);
    return status.st_ino;
  };
  run(output, {1, 2});
  // Held open, so that no later file gets its number.
  std::ifstream first(output);
  const auto before = inode();
  run(output, {1, 2});
  EXPECT_EQ(inode(), before);
  run(output, {2, 1});  // another order
  EXPECT_NE(inode(), before);
  std::ifstream second(output);
  const auto reordered = inode();
  run(output, {2});  // a smaller plan
  EXPECT_NE(inode(), reordered);
  EXPECT_EQ(ResultsReader(output).size(), 2u);
  std::ifstream third(output);
  const auto smaller = inode();
  Store store(output, "suite", false);
  store.pack(ids({2}), {}, {{"A.b", "a", "b", 1.0, 1.0, 0.0, ""}});  // a check
  EXPECT_NE(inode(), smaller);
}

TEST(Store, ALinkAtTheOutputStaysAndModesAreKept) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "real");
  for (const char* target : {"real/y.h5", "elsewhere/z.h5"}) {  // the second in no folder yet
    const fs::path link = folder / "x.h5";
    fs::remove(link);
    fs::create_symlink(target, link);
    run(link, {1});
    ASSERT_EQ(::chmod((folder / target).c_str(), 0600), 0);
    {
      const Store store(link, "suite", false);
      EXPECT_THROW(Store(folder / target, "suite", false), IoError);  // one file, one lock
    }
    run(link, {1, 2});
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(ResultsReader(folder / target).size(), 2u);
    EXPECT_EQ(fs::status(folder / target).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_EQ(folder.count(), 3u);
}

TEST(Store, LeavesNoEmptySpoolBesideAFinishedRun) {
  const TemporaryFolder folder;
  run(folder / "x.h5", {1});
  { Store(folder / "x.h5", "suite", false); }
  EXPECT_EQ(folder.count(), 1u);
}

}  // namespace
}  // namespace ravine
