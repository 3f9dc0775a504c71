#include "ravine/results/leftovers.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <set>
#include <string>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/lock.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/spool.hpp"
#include "ravine/results/store.hpp"
#include "results/sample_record.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

std::set<std::string> names(const std::vector<Leftover>& found, bool goes) {
  std::set<std::string> names;
  for (const Leftover& leftover : found)
    if (leftover.goes == goes) names.insert(leftover.path.filename().string());
  return names;
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

/// Everything that tidy knows, beside x.h5 and in its spool.
class Debris : public testing::Test {
 protected:
  Debris() {
    {
      Store store(output, "suite", false);
      store.write(stored);
    }
    const std::string random = ".0123456789abcdef.tmp";
    write(folder / "x.h5.lock", "host=elsewhere\npid=77\nstarted=1\njob=\nheartbeat=1\n");
    age(folder / "x.h5.lock", 400);
    write(folder / (".x.h5" + random), "half");
    write(folder / (".x.plan" + random), "half");
    age(folder / (".x.plan" + random), 400);
    write(folder / ".x.plan.fedcba9876543210.tmp", "being written");
    write(folder / (".y.h5" + random), "of another output");
    write(spool / (stored.id + ".checkpoint"), "done");
    write(spool / "0123456789abcdef.checkpoint", "half-way");
    write(spool / ("." + stored.id + ".h5" + random), "half");
    write(spool / "000001.segment.damaged", std::string(kSealMagic.begin(), kSealMagic.end()));
    write(spool / "000002.segment.damaged", "my thesis");
    write(spool / "notes.txt", "mine");
  }
  static void age(const fs::path& path, int seconds) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
  }

  TemporaryFolder folder;
  fs::path output = folder / "x.h5", spool = folder / "x.h5.spool";
  TrialRecord stored = sample_record(1, 3);
  std::set<std::string> go = {"x.h5.lock",
                              ".x.h5.0123456789abcdef.tmp",
                              ".x.plan.0123456789abcdef.tmp",
                              stored.id + ".checkpoint",
                              "." + stored.id + ".h5.0123456789abcdef.tmp",
                              "000001.segment.damaged"};
  std::set<std::string> stay = {"x.h5.spool", "0123456789abcdef.checkpoint",
                                "000002.segment.damaged", "notes.txt"};
};

TEST_F(Debris, IsSaidAndNothingTouchedByADryRun) {
  const auto found = tidy(output, true);
  EXPECT_EQ(names(found, true), go);
  EXPECT_EQ(names(found, false), stay);
  for (const Leftover& leftover : found) EXPECT_TRUE(is_there(leftover.path)) << leftover.path;
}

TEST_F(Debris, GoesButForWhatSomebodyNeeds) {
  const auto found = tidy(spool, false);  // the name of the spool will do
  EXPECT_EQ(names(found, true), go);
  EXPECT_EQ(names(found, false), stay);
  for (const Leftover& leftover : found)
    EXPECT_EQ(is_there(leftover.path), !leftover.goes) << leftover.path;
  EXPECT_TRUE(is_there(folder / ".x.plan.fedcba9876543210.tmp"));
  EXPECT_TRUE(is_there(folder / ".y.h5.0123456789abcdef.tmp"));
  EXPECT_TRUE(Spool(spool, Spool::Access::kRead).contains(stored.id));
}

TEST_F(Debris, OfALivingProcessIsLeftAlone) {
  age(folder / "x.h5.lock", 0);  // on another host
  for (const bool dry_run : {true, false}) EXPECT_THROW(tidy(output, dry_run), IoError);
  fs::remove(folder / "x.h5.lock");
  const FileLock lock(folder / "x.h5.lock");  // here
  for (const bool dry_run : {true, false}) EXPECT_THROW(tidy(output, dry_run), IoError);
  for (const char* name : {".x.h5.0123456789abcdef.tmp", ".x.plan.0123456789abcdef.tmp"})
    EXPECT_TRUE(is_there(folder / name));
  EXPECT_TRUE(is_there(spool / (stored.id + ".checkpoint")));
}

TEST(Tidy, RefusesWhatIsNotThere) {
  const TemporaryFolder folder;
  for (const char* name : {"x.h5", "x.h5.spool", "no/x.h5"}) {
    EXPECT_THROW(tidy(folder / name, false), Error) << name;
    EXPECT_THROW(tidy(folder / name, true), Error) << name;
  }
  EXPECT_TRUE(list_folder(folder.path()).empty());
  write(folder / "x.h5.lock", "host=elsewhere\npid=77\nstarted=1\njob=\nheartbeat=1\n");
  fs::last_write_time(folder / "x.h5.lock",
                      fs::file_time_type::clock::now() - std::chrono::seconds(400));
  EXPECT_EQ(tidy(folder / "x.h5", true).size(), 1u);  // of a run that stored nothing
}

TEST(Tidy, RemovesEmptySpoolsAndLeavesWhatIsNotRavines) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "x.h5.spool");
  write(folder / "x.h5.spool/attempts", "1767000000 host 12 -\n");
  write(folder / "x.h5.spool/suite", "suite\n");
  EXPECT_EQ(names(tidy(folder / "x.h5", true), true), std::set<std::string>{"x.h5.spool"});
  EXPECT_EQ(folder.count(), 1u);
  tidy(folder / "x.h5", false);
  EXPECT_EQ(folder.count(), 0u);
  EXPECT_THROW(tidy(folder / "x.h5", false), Error);  // nothing has that name any more

  write(folder / "flake.lock", "important");
  EXPECT_THROW(tidy(folder / "flake", false), Error);
  EXPECT_TRUE(is_there(folder / "flake.lock"));
}

}  // namespace
}  // namespace ravine
