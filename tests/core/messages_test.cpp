#include "ravine/core/messages.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

TEST(Messages, AreLostWhereNobodyTakesThem) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  errno = EINTR;
  write_quietly(full, "x");
  EXPECT_EQ(errno, EINTR);  // of the caller, who may be in a signal handler
  close(full);
  write_quietly(full, "x");  // closed
}

TEST(Messages, AReaderThatIsGoneSendsNoSignal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  write_quietly(ends[1], "x");  // SIGPIPE would end this process
  close(ends[1]);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_FALSE(sigismember(&pending, SIGPIPE));
}

TEST(Messages, ALimitOfFileSizesSendsNoSignal) {
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const TemporaryFolder folder;
  const int file = open((folder / "file").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  const rlimit least = {2, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &least);
  write_quietly(file, "four");
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(lseek(file, 0, SEEK_END), 2);
  close(file);
}

TEST(Messages, AreWrittenWhole) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  write_quietly(ends[1], "a message");
  char text[32] = {};
  EXPECT_EQ(read(ends[0], text, sizeof(text)), 9);
  EXPECT_STREQ(text, "a message");
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace ravine
