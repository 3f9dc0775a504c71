#include "ravine/io/lock.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

std::string refusal(const std::filesystem::path& path) {
  try {
    const FileLock lock(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(FileLock, RefusesASecondHolderByName) {
  const TemporaryFolder folder;
  std::optional<FileLock> lock(folder / "lock");
  const std::string message = refusal(folder / "lock");
  EXPECT_NE(message.find("in use by process " + std::to_string(::getpid())), std::string::npos)
      << message;
  EXPECT_NE(message.find("on host "), std::string::npos) << message;
  lock.reset();
  EXPECT_EQ(refusal(folder / "lock"), "");
  EXPECT_EQ(folder.count(), 0u);
}

TEST(FileLock, EndsWithItsProcess) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const FileLock lock(folder / "lock");
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const std::string message = refusal(folder / "lock");
  EXPECT_NE(message.find("process " + std::to_string(child)), std::string::npos) << message;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(std::filesystem::exists(folder / "lock"));
  EXPECT_EQ(refusal(folder / "lock"), "");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(FileLock, NeverHasTwoHoldersAtOnce) {
  const TemporaryFolder folder;
  std::atomic<int> holders = 0, collisions = 0, taken = 0;
  const auto compete = [&] {
    for (int i = 0; i < 500; ++i) {
      try {
        const FileLock lock(folder / "lock");
        if (++holders > 1) ++collisions;
        ++taken;
        --holders;
      } catch (const Error&) {
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(compete);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(collisions, 0);
  EXPECT_GT(taken, 0);
}

TEST(FileLock, NeedsAFolder) {
  const TemporaryFolder folder;
  EXPECT_THROW(FileLock(folder / "none/lock"), Error);
}

}  // namespace
}  // namespace ravine
