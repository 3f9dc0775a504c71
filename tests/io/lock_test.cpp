#include "ravine/io/lock.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
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

/// What a process on another host, of whose locks this kernel knows nothing, has left.
void leave_lock_of_another_host(const std::filesystem::path& path, int age_seconds,
                                const std::string& job = "") {
  std::ofstream(path) << "host=elsewhere\npid=77\nstarted=1\njob=" << job << "\nheartbeat=1\n";
  const auto now = std::filesystem::file_time_type::clock::now();
  std::filesystem::last_write_time(path, now - std::chrono::seconds(age_seconds));
}

TEST(FileLock, AnotherHostHoldsItAsLongAsItGivesSignsOfLife) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "lock";
  for (const int age : {0, 60, FileLock::kStaleSeconds - 5}) {
    leave_lock_of_another_host(path, age);
    const std::string message = refusal(path);
    EXPECT_NE(message.find("process 77 on host elsewhere"), std::string::npos) << message;
    EXPECT_NE(message.find("sign of life"), std::string::npos) << message;
  }
  leave_lock_of_another_host(path, FileLock::kStaleSeconds + 5);
  EXPECT_EQ(refusal(path), "");
  EXPECT_EQ(folder.count(), 0u);
}

TEST(FileLock, TheSameJobStartedAgainElsewhereTakesItAtOnce) {
  const TemporaryFolder folder;
  leave_lock_of_another_host(folder / "lock", 0, "4711");
  ::setenv("SLURM_JOB_ID", "4712", 1);
  EXPECT_NE(refusal(folder / "lock"), "");
  ::setenv("SLURM_JOB_ID", "4711", 1);
  EXPECT_EQ(refusal(folder / "lock"), "");
  ::unsetenv("SLURM_JOB_ID");
}

TEST(FileLock, SaysWhoHoldsIt) {
  const TemporaryFolder folder;
  const FileLock lock(folder / "lock");
  const auto bytes = read_bytes(folder / "lock");
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  for (const std::string& line :
       {"host=" + std::string(host.data()) + "\n", "pid=" + std::to_string(::getpid()) + "\n",
        std::string("started="), std::string("job="), std::string("heartbeat=")})
    EXPECT_NE(text.find(line), std::string::npos) << line;
}

TEST(FileLock, NeverHasTwoHoldersAtOnce) {
  const TemporaryFolder folder;
  std::atomic<int> holders = 0, collisions = 0, taken = 0;
  const auto compete = [&] {
    for (int i = 0; i < 100; ++i) {
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
