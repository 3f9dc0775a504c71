#include "ravine/core/environment.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include "ravine/core/cores.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/memory.hpp"
#include "ravine/core/real.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

std::string value_of(const Environment& environment, const std::string& key) {
  for (const auto& [name, value] : environment)
    if (name == key) return value;
  return "missing";
}

/// A variable of the environment that is put back afterwards.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before;
    value ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~Variable() { before_.empty() ? ::unsetenv(name_) : ::setenv(name_, before_.c_str(), 1); }

 private:
  const char* name_;
  std::string before_;
};

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

TEST(Environment, SaysWhereResultsWereMade) {
  const Variable job("SLURM_JOB_ID", "4711");
  const Environment environment = collect_environment();
  EXPECT_EQ(value_of(environment, "precision"), kPrecision);
  EXPECT_EQ(value_of(environment, "build_id"), build_id());
  EXPECT_EQ(value_of(environment, "slurm_job"), "4711");
  EXPECT_NE(value_of(environment, "flags").find("-ffp-contract=off"), std::string::npos);
  for (const char* key : {"ravine", "commit", "compiler", "cpu", "os", "hdf5", "boost", "fmt",
                          "openssl", "zlib", "host"}) {
    EXPECT_NE(value_of(environment, key), "missing") << key;
    EXPECT_NE(value_of(environment, key), "") << key;
  }
}

TEST(Environment, BuildIdIsSixteenHexadecimalDigits) {
  const std::string id = build_id();
  EXPECT_EQ(id.size(), 16u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(id, build_id());
}

TEST(Cores, RespectTheVariablesOfTheAllocation) {
  const Variable no_slurm("SLURM_CPUS_PER_TASK", nullptr);
  const Variable no_openmp("OMP_NUM_THREADS", nullptr);
  const int all = available_cores();
  EXPECT_GE(all, 1);
  {
    const Variable one("SLURM_CPUS_PER_TASK", "1");
    EXPECT_EQ(available_cores(), 1);
  }
  {
    const Variable nested("OMP_NUM_THREADS", "1,4");
    EXPECT_EQ(available_cores(), 1);
  }
  for (const char* nonsense : {"", "many", "0", "-3", "100000"}) {
    const Variable variable("OMP_NUM_THREADS", nonsense);
    EXPECT_EQ(available_cores(), all) << nonsense;
  }
}

TEST(Cores, Version2TakesTheSmallestQuotaUpToTheRoot) {
  const TemporaryFolder root;
  write(root / "proc/self/cgroup", "0::/user.slice/job/step\n");
  EXPECT_EQ(cgroup_cores(root.path()), std::nullopt);
  write(root / "sys/fs/cgroup/user.slice/job/step/cpu.max", "max 100000\n");
  EXPECT_EQ(cgroup_cores(root.path()), std::nullopt);
  write(root / "sys/fs/cgroup/user.slice/job/step/cpu.max", "800000 100000\n");
  EXPECT_EQ(cgroup_cores(root.path()), 8.0);
  write(root / "sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n");
  EXPECT_EQ(cgroup_cores(root.path()), 1.5);
}

TEST(Cores, Version1ReadsTheCpuControllerOnly) {
  const TemporaryFolder root;
  write(root / "proc/self/cgroup", "5:memory:/job\n4:cpuacct,cpu:/job\n3:cpuset:/other\n");
  write(root / "sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
  write(root / "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
  write(root / "sys/fs/cgroup/cpu/other/cpu.cfs_period_us", "100000\n");
  write(root / "sys/fs/cgroup/cpu/other/cpu.cfs_quota_us", "100000\n");
  EXPECT_EQ(cgroup_cores(root.path()), std::nullopt);
  write(root / "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "300000\n");
  EXPECT_EQ(cgroup_cores(root.path()), 3.0);
}

TEST(Memory, TheLeastOfMachineAndControlGroups) {
  const TemporaryFolder root;
  write(root / "proc/meminfo", "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable: 4000 kB\n");
  EXPECT_EQ(available_memory(root.path()).bytes, 4000 * 1024.0);
  EXPECT_EQ(available_memory(root.path()).source, "available on this machine");
  write(root / "proc/self/cgroup", "0::/job/step\n");
  write(root / "sys/fs/cgroup/job/step/memory.max", "max\n");
  EXPECT_EQ(available_memory(root.path()).bytes, 4000 * 1024.0);
  write(root / "sys/fs/cgroup/job/memory.max", "3000000\n");
  write(root / "sys/fs/cgroup/job/memory.current", "2000000\n");
  EXPECT_EQ(available_memory(root.path()).bytes, 1e6);
  write(root / "sys/fs/cgroup/job/memory.stat", "anon 5\nfile 9\ninactive_file 500000\n");
  EXPECT_EQ(available_memory(root.path()).bytes, 1.5e6);
  EXPECT_EQ(available_memory(root.path()).source, "left by the control group");
}

TEST(Memory, Version1HasAnotherNameForNoLimit) {
  const TemporaryFolder root;
  write(root / "proc/self/cgroup", "5:memory:/job\n4:cpuacct,cpu:/job\n");
  write(root / "sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_TRUE(std::isinf(available_memory(root.path()).bytes));
  write(root / "sys/fs/cgroup/memory/job/memory.limit_in_bytes", "1000\n");
  write(root / "sys/fs/cgroup/memory/job/memory.usage_in_bytes", "400\n");
  write(root / "sys/fs/cgroup/memory/job/memory.stat",
        "inactive_file 1\ntotal_inactive_file 100\n");
  EXPECT_EQ(available_memory(root.path()).bytes, 700);
}

TEST(Memory, SlurmGrantsMegabytes) {
  const TemporaryFolder root;
  const Variable none("SLURM_MEM_PER_NODE", nullptr), cpu("SLURM_MEM_PER_CPU", "100"),
      cpus("SLURM_CPUS_ON_NODE", "3");
  EXPECT_EQ(available_memory(root.path()).bytes, 300.0 * (1 << 20));
  const Variable node("SLURM_MEM_PER_NODE", "500");
  EXPECT_EQ(available_memory(root.path()).bytes, 500.0 * (1 << 20));
}

TEST(Memory, SizesAreReadAndWritten) {
  EXPECT_EQ(parse_memory("800M", "--mem"), 800.0 * (1 << 20));
  EXPECT_EQ(parse_memory("1.5GiB", "--mem"), 1.5 * (1 << 30));
  EXPECT_EQ(parse_memory(" 4096 ", "--mem"), 4096);
  for (const char* bad : {"", "G", "-1G", "0", "1X", "inf", "nan", "1 2", "1e30G", "2000T"})
    EXPECT_THROW(parse_memory(bad, "--mem"), Error) << bad;
  EXPECT_TRUE(can_take(1 << 20));
  EXPECT_FALSE(can_take(std::size_t{1} << 50));
  EXPECT_EQ(format_memory(14.23e9), "14.2 GB");
  EXPECT_EQ(format_memory(980e6), "980 MB");
}

TEST(Cores, ContainersSeeTheirQuotaAtTheMount) {
  const TemporaryFolder root;
  write(root / "proc/self/cgroup", "0::/not/visible/here\n");
  write(root / "sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(cgroup_cores(root.path()), 2.0);
}

}  // namespace
}  // namespace ravine
