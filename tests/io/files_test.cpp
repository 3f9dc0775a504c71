#include "ravine/io/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>

#include "ravine/core/error.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string content(const std::filesystem::path& path) {
  const auto read = read_bytes(path);
  return {reinterpret_cast<const char*>(read.data()), read.size()};
}

template <class F>
std::string message_of(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Files, ReplaceAsAWholeAndLeaveNothingBehind) {
  const TemporaryFolder folder;
  const std::string large(300000, 'x');
  replace_file(folder / "a", bytes("one"));
  EXPECT_EQ(content(folder / "a"), "one");
  replace_file(folder / "a", bytes(large));
  EXPECT_EQ(content(folder / "a"), large);
  EXPECT_EQ(folder.count(), 1u);
}

TEST(Files, AFailedReplacementKeepsTheOldContent) {
  const TemporaryFolder folder;
  replace_file(folder / "a", bytes("old"));
  {
    const FileSizeLimit limit(1000);
    EXPECT_THROW(replace_file(folder / "a", bytes(std::string(5000, 'n'))), IoError);
  }
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(Files, WithoutCommitTheTargetStays) {
  const TemporaryFolder folder;
  replace_file(folder / "a", bytes("old"));
  {
    const AtomicFile file(folder / "a");
    write_bytes(file.temporary(), bytes("new"));
    EXPECT_TRUE(is_temporary(file.temporary()));
  }
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(Files, ReadersNeverSeeAHalf) {
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

TEST(Files, AFullDiskIsTheMachinesFaultAndSaysSo) {
  EXPECT_THROW(write_bytes("/dev/full", bytes("x")), IoError);
  const std::string message = message_of([] { write_bytes("/dev/full", bytes("x")); });
  EXPECT_NE(message.find("/dev/full"), std::string::npos) << message;
  EXPECT_NE(message.find("disk is full; make room"), std::string::npos) << message;
}

TEST(Files, AWrongPathIsTheUsersFault) {
  const TemporaryFolder folder;
  replace_file(folder / "file", bytes("x"));
  for (const auto& path : {folder / "no/such/file", folder / "file/below"}) {
    try {
      replace_file(path, bytes("x"));
      ADD_FAILURE() << path;
    } catch (const IoError& error) {
      ADD_FAILURE() << "blames the machine: " << error.what();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(folder.path().string()), std::string::npos);
    }
  }
  EXPECT_THROW(create_folders(folder / "file"), Error);
  EXPECT_THROW(create_folders(folder / "file/below"), Error);
  EXPECT_THROW(read_bytes(folder / "absent"), Error);
  create_folders(folder / "a/b/c");
  create_folders(folder / "a/b/c");
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b/c"));
}

TEST(Files, ErrnoDecidesWhoIsToBlame) {
  for (int code : {ENOSPC, EDQUOT, EIO, EFBIG, ESTALE, EMFILE})
    EXPECT_THROW(fail_system(code, "write", "x"), IoError) << code;
  for (int code : {EACCES, EPERM, EROFS, ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG}) {
    try {
      fail_system(code, "write", "x");
    } catch (const IoError&) {
      ADD_FAILURE() << code;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("cannot write x"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace ravine
