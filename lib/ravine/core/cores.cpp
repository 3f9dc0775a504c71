#include "ravine/core/cores.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "ravine/core/cgroup.hpp"
#include "ravine/core/environment.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

/// quota / period of one control group, or nothing without a limit ("max", -1, no such file).
std::optional<double> group_cores(const Path& group, bool version2) {
  double quota = 0, period = 0;
  if (version2) {
    std::ifstream(group / "cpu.max") >> quota >> period;
  } else {
    std::ifstream(group / "cpu.cfs_quota_us") >> quota;
    std::ifstream(group / "cpu.cfs_period_us") >> period;
  }
  if (!(quota > 0 && period > 0)) return std::nullopt;
  return quota / period;
}

void keep_least(std::optional<double>& least, std::optional<double> value) {
  if (value && (!least || *value < *least)) least = value;
}

int affinity_cores() {
  // The kernel refuses a mask shorter than its own, so the mask grows until it is accepted.
  for (int cpus = 1024; cpus <= 1 << 20; cpus *= 2) {
    cpu_set_t* mask = CPU_ALLOC(cpus);
    const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
    const bool known = sched_getaffinity(0, bytes, mask) == 0;
    const int count = known ? CPU_COUNT_S(bytes, mask) : 0;
    CPU_FREE(mask);
    if (known) return count;
  }
  return 1;
}

/// The leading whole number of an environment variable ("4" or "4,2"); nothing if there is none.
std::optional<int> variable(const char* name) {
  const char* text = std::getenv(name);
  if (!text) return std::nullopt;
  const std::string_view view = text;
  int value = 0;
  std::from_chars(view.data(), view.data() + view.size(), value);
  return value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<double> cgroup_cores(const Path& root) {
  std::optional<double> least;
  for_each_cgroup(root, "cpu", [&](const Path& group, bool version2) {
    keep_least(least, group_cores(group, version2));
  });
  return least;
}

int available_cores() {
  int cores = affinity_cores();
  if (const auto quota = cgroup_cores())
    cores = static_cast<int>(std::min<double>(cores, std::floor(*quota)));
  for (const char* name : {"SLURM_CPUS_PER_TASK", "OMP_NUM_THREADS"})
    if (const auto limit = variable(name)) cores = std::min(cores, *limit);
  return std::max(cores, 1);
}

}  // namespace ravine
