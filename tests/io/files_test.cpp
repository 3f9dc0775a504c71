#include "ravine/io/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <new>
#include <string>
#include <system_error>

#include "io/contents.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/atomic_file.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

template <class F>
std::string message_of(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
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
    const std::string message = message_of([&] { replace_file(path, bytes("x")); });
    EXPECT_THROW(replace_file(path, bytes("x")), PathError);
    EXPECT_NE(message.find(folder.path().string()), std::string::npos) << message;
  }
  EXPECT_THROW(create_folders(folder / "file"), Error);
  EXPECT_THROW(create_folders(folder / "file/below"), Error);
  EXPECT_THROW(read_bytes(folder / "absent"), Error);
  create_folders(folder / "a/b/c");
  create_folders(folder / "a/b/c");
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b/c"));
}

TEST(Files, ErrnoDecidesWhoIsToBlame) {
  for (int code : {ENOSPC, EDQUOT, EIO, EFBIG, ESTALE, EMFILE, ENFILE, ENOMEM})
    EXPECT_THROW(fail_system(code, "write", "x"), IoError) << code;
  for (int code :
       {EACCES, EPERM, EROFS, ENOENT, ENOTDIR, EISDIR, EEXIST, ENOTEMPTY, ENAMETOOLONG}) {
    EXPECT_THROW(fail_system(code, "write", "x"), PathError) << code;
    const std::string message = message_of([&] { fail_system(code, "write", "x"); });
    EXPECT_NE(message.find("cannot write x: "), std::string::npos) << message;
  }
  const auto message = [](int code) {
    return message_of([&] { fail_system(code, "write", "x"); });
  };
  EXPECT_NE(message(EROFS).find("read-only"), std::string::npos);
  EXPECT_NE(message(EACCES).find("no permission"), std::string::npos);
  EXPECT_NE(message(EMFILE).find("ulimit -n"), std::string::npos);
}

TEST(Files, InTheMiddleOfARunEveryErrorOfTheEnvironmentIsResumable) {
  const auto words = [](auto&& error) {
    return message_of([&] {
      EXPECT_THROW(resumably([&] { throw error; }), IoError);
      resumably([&] { throw error; });
    });
  };
  EXPECT_NE(words(PathError("no permission")).find("the same command continues"),
            std::string::npos);
  EXPECT_NE(words(std::bad_alloc()).find("--workers"), std::string::npos);
  EXPECT_NE(words(std::system_error(EAGAIN, std::generic_category())).find("ulimit -u"),
            std::string::npos);
  const std::filesystem::filesystem_error files("cannot remove", "some/file",
                                                std::error_code(EIO, std::generic_category()));
  EXPECT_NE(words(files).find("some/file: Input/output error"), std::string::npos);
  EXPECT_EQ(words(IoError("as it is")), "as it is");
  EXPECT_FALSE(is_environment(std::runtime_error("a result")));
  EXPECT_FALSE(is_environment(Error("misuse")));
  EXPECT_THROW(resumably([] { throw std::runtime_error("a result"); }), std::runtime_error);
}

TEST(Files, WhatCannotBeUsedIsSetAsideWhateverIsInTheWay) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "x.damaged/full");
  write_quickly(folder / "x", bytes("1"));
  EXPECT_EQ(set_aside(folder / "x"), folder / "x.damaged-2");
  write_quickly(folder / "x", bytes("2"));
  EXPECT_EQ(set_aside(folder / "x"), folder / "x.damaged-2");
  EXPECT_EQ(content(folder / "x.damaged-2"), "2");
  EXPECT_THROW(set_aside(folder / "x"), PathError);
}

TEST(Files, NoPipeIsWaitedForAndNoLinkFollowedWhereRavineMakesUpTheName) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("elsewhere", folder / "link");
  for (const char* name : {"pipe", "link"}) {
    EXPECT_THROW(expect_plain_file(folder / name), Error) << name;
    EXPECT_TRUE(is_there(folder / name));
  }
  EXPECT_FALSE(is_there(folder / "absent"));
  expect_plain_file(folder / "absent");
  EXPECT_EQ(follow_links(folder / "link"), folder / "elsewhere");
  EXPECT_EQ(follow_links(folder / "absent"), folder / "absent");
  std::filesystem::create_symlink("link", folder / "elsewhere");
  EXPECT_THROW(follow_links(folder / "link"), PathError);
}

}  // namespace
}  // namespace ravine
