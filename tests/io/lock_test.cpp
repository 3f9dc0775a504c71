#include "ravine/io/lock.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
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
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

std::string refusal(const std::filesystem::path& path) {
  return refusal_of([&] { const FileLock lock(path); });
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
                                const std::string& job = "",
                                const std::string& task = "task=7.batch.0\nattempt=0\n") {
  std::ofstream(path) << "host=elsewhere\npid=77\nstarted=1\njob=" << job << "\n"
                      << task << "heartbeat=1\n";
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
    EXPECT_NE(message.find(
                  fmt::format("last heartbeat was {} s ago, and its lock expires after {} s more",
                              age, FileLock::kStaleSeconds - age)),
              std::string::npos)
        << message;
    EXPECT_THROW(FileLock{path}, IoError);  // the same command later
    EXPECT_THROW(FileLock::expect_free(path), IoError);
  }
  leave_lock_of_another_host(path, FileLock::kStaleSeconds + 5);
  EXPECT_EQ(refusal(path), "");
  EXPECT_EQ(folder.count(), 0u);
}

/// The environment of a task of Slurm while it lives.
class SlurmTask {
 public:
  SlurmTask(const char* job, const char* array_task, const char* restarts,
            const char* step = nullptr, const char* process = "0") {
    set("SLURM_JOB_ID", job);
    set("SLURM_ARRAY_TASK_ID", array_task);
    set("SLURM_RESTART_COUNT", restarts);
    set("SLURM_STEP_ID", step);
    set("SLURM_PROCID", process);
  }
  ~SlurmTask() {
    for (const char* name : names_) ::unsetenv(name);
  }
  SlurmTask(const SlurmTask&) = delete;
  SlurmTask& operator=(const SlurmTask&) = delete;

 private:
  void set(const char* name, const char* value) {
    names_.push_back(name);
    if (value) ::setenv(name, value, 1);
  }
  std::vector<const char*> names_;
};

TEST(FileLock, ARestartOfTheSameTaskElsewhereTakesItAtOnceAndNobodyElse) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "lock";
  const auto taken = [&](const SlurmTask&) {
    leave_lock_of_another_host(path, 0, "4711");
    return refusal(path).empty();
  };
  EXPECT_FALSE(taken({"4712", "7", "1"}));                // another job
  EXPECT_FALSE(taken({"4711", "8", "1"}));                // another task of the array
  EXPECT_FALSE(taken({"4711", "7", "1", "0"}));           // a step beside the batch script
  EXPECT_FALSE(taken({"4711", "7", "1", nullptr, "1"}));  // another process of the step
  EXPECT_FALSE(taken({"4711", "7", "0"}));                // the same attempt: another copy of it
  EXPECT_FALSE(taken({"4711", "7", nullptr}));
  EXPECT_TRUE(taken({"4711", "7", "1"}));
  // Two steps of one allocation, as srun starts them on two nodes.
  leave_lock_of_another_host(path, 0, "4711", "task=-.0.0\nattempt=0\n");
  const SlurmTask second("4711", nullptr, "1", "1");
  EXPECT_NE(refusal(path), "");
  // A lock of ravine 0.1 does not say which task it was.
  leave_lock_of_another_host(path, 0, "4711", "");
  EXPECT_NE(refusal(path), "");
}

TEST(FileLock, ATimeToComeCountsFromNowOn) {
  const TemporaryFolder folder;
  leave_lock_of_another_host(folder / "lock", -3600);
  EXPECT_NE(refusal(folder / "lock").find("expires after 300 s more"), std::string::npos);
  const auto age = std::filesystem::file_time_type::clock::now() -
                   std::filesystem::last_write_time(folder / "lock");
  EXPECT_LT(std::chrono::abs(age), std::chrono::seconds(60));
}

TEST(FileLock, WhatIsNoLockOfRavineIsLeftAlone) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "flake.lock";
  const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  for (const char* content : {"important\n", "", "host=x\n", "{}"}) {
    std::ofstream(path) << content;
    std::filesystem::last_write_time(path, old);
    EXPECT_NE(refusal(path).find("flake.lock is not a lock of ravine"), std::string::npos)
        << content;
    EXPECT_THROW(FileLock{path}, Error);
    const auto bytes = read_bytes(path);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), content);
    std::filesystem::remove(path);
  }
  std::filesystem::create_symlink("victim", path);
  for (const bool dangling : {true, false}) {
    EXPECT_NE(refusal(path).find("symbolic link"), std::string::npos);
    EXPECT_EQ(is_there(folder / "victim"), !dangling);
    std::ofstream(folder / "victim") << "";
  }
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_NE(refusal(path), "");
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_NE(refusal(path), "");
}

TEST(FileLock, ItsHolderNoticesThatItWasTakenOver) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "lock";
  std::optional<FileLock> lock(path);
  lock->expect_held();
  const std::string other = "host=elsewhere\npid=77\nstarted=1\njob=\nheartbeat=1\n";
  std::ofstream(path) << other;  // in place, as on a file system whose locks end at the host
  try {
    lock->expect_held();
    ADD_FAILURE() << "it noticed nothing";
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find("process 77 on host elsewhere"), std::string::npos);
  }
  lock.reset();
  EXPECT_TRUE(is_there(path));  // it belongs to the other one
  std::filesystem::remove(path);

  lock.emplace(path);
  std::filesystem::remove(path);
  EXPECT_THROW(lock->expect_held(), IoError);
  const FileLock next(path);
  lock.reset();
  EXPECT_TRUE(is_there(path));
  next.expect_held();
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
        std::string("started="), std::string("job="), std::string("task="), std::string("attempt="),
        std::string("heartbeat=")})
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
