#include "ravine/io/atomic_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "io/contents.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST(AtomicFile, ReplaceAsAWholeAndLeaveNothingBehind) {
  const TemporaryFolder folder;
  const std::string large(300000, 'x');
  replace_file(folder / "a", bytes("one"));
  EXPECT_EQ(content(folder / "a"), "one");
  replace_file(folder / "a", bytes(large));
  EXPECT_EQ(content(folder / "a"), large);
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicFile, AFailedReplacementKeepsTheOldContent) {
  const TemporaryFolder folder;
  replace_file(folder / "a", bytes("old"));
  {
    const FileSizeLimit limit(1000);
    EXPECT_THROW(replace_file(folder / "a", bytes(std::string(5000, 'n'))), IoError);
  }
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicFile, WithoutCommitTheTargetStays) {
  const TemporaryFolder folder;
  replace_file(folder / "a", bytes("old"));
  {
    AtomicFile file(folder / "a");
    file.write(bytes("new"));
    EXPECT_TRUE(is_temporary(file.temporary()));
  }
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicFile, ReadersNeverSeeAHalf) {
  const TemporaryFolder folder;
  const std::string a(100000, 'a'), b(50000, 'b');
  replace_file(folder / "f", bytes(a));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) replace_file(folder / "f", bytes(i % 2 ? a : b));
    done = true;
  });
  bool whole = true;
  while (!done) {
    const std::string seen = content(folder / "f");
    whole = whole && (seen == a || seen == b);
  }
  writer.join();
  EXPECT_TRUE(whole);
}

TEST(AtomicFile, KeepsTheModeOfWhatItReplaces) {
  const TemporaryFolder folder;
  for (const mode_t mode : {0600, 0640, 0444}) {
    write_quickly(folder / "a", bytes("old"));
    ASSERT_EQ(::chmod((folder / "a").c_str(), mode), 0);
    AtomicFile file(folder / "a");
    EXPECT_EQ(mode_of(file.temporary()), 0600u);  // nobody else reads it on the way
    file.write(bytes("new"));
    file.commit();
    EXPECT_EQ(content(folder / "a"), "new");
    EXPECT_EQ(mode_of(folder / "a"), mode);
    std::filesystem::remove(folder / "a");
  }
}

TEST(AtomicFile, WhatIsWrittenReachesItsOwnFileWhateverOthersPutThere) {
  const TemporaryFolder folder;
  write_quickly(folder / "victim", bytes("mine"));
  AtomicFile file(folder / "a");
  std::filesystem::remove(file.temporary());
  std::filesystem::create_symlink("victim", file.temporary());
  std::ofstream(file.handle()) << "by name";
  file.write(bytes("!"));
  EXPECT_THROW(file.commit(), PathError);
  EXPECT_FALSE(is_there(folder / "a"));
  EXPECT_EQ(content(folder / "victim"), "mine");
}

TEST(AtomicFile, ALinkAtTheTargetIsReplacedAndNotFollowed) {
  const TemporaryFolder folder;
  write_quickly(folder / "victim", bytes("mine"));
  std::filesystem::create_symlink("victim", folder / "a");
  replace_file(folder / "a", bytes("new"));
  EXPECT_EQ(content(folder / "victim"), "mine");
  EXPECT_FALSE(std::filesystem::is_symlink(folder / "a"));
}

TEST(AtomicFile, ANewFileIsOneIfNobodyWasFaster) {
  const TemporaryFolder folder;
  AtomicFile first(folder / "a"), second(folder / "a");
  first.write(bytes("first"));
  second.write(bytes("second"));
  EXPECT_TRUE(first.commit_new());
  EXPECT_FALSE(second.commit_new());
  EXPECT_EQ(content(folder / "a"), "first");
}

TEST(AtomicFile, FindsTheTemporaryFilesOfATargetAndNoOthers) {
  const TemporaryFolder folder;
  const AtomicFile file(folder / "x.h5");
  const AtomicFile other(folder / "x"), lock(folder / "x.h5.lock");
  for (const char* name :
       {".x.h5.host-12-3.tmp", ".x.h5.notes.tmp", ".x.h5.swp", "x.h5.0123456789abcdef.tmp",
        ".x.h5.0123456789ABCDEF.tmp", ".x.h5.0123456789abcdef0.tmp"})
    write_quickly(folder / name, {});
  std::filesystem::create_directories(folder / ".x.h5.aaaaaaaaaaaaaaaa.tmp");
  std::vector<std::filesystem::path> expected = {file.temporary(), folder / ".x.h5.host-12-3.tmp"};
  std::vector<std::filesystem::path> found = temporaries_of(folder / "x.h5");
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(found, expected);
  EXPECT_EQ(temporaries_of(folder / "x"), std::vector{other.temporary()});
}

}  // namespace
}  // namespace ravine
