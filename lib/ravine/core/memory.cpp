#include "ravine/core/memory.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>

#include "ravine/core/cgroup.hpp"
#include "ravine/core/component.hpp"
#include "ravine/core/portable.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;
constexpr double kUnlimited = 1e18;  // version 1 writes its largest page count for "no limit"

// The number behind "KEY" in lines such as "KEY 12" or "KEY: 12 kB".
std::optional<double> value_of(const Path& file, const std::string& key) {
  std::ifstream lines(file);
  std::string word;
  double value = 0;
  while (lines >> word) {
    if (word == key && lines >> value) return value;
    lines.clear();
    lines.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

std::optional<double> number_in(const Path& file) {
  double value = 0;
  if (std::ifstream(file) >> value) return value;
  return std::nullopt;
}

std::optional<double> left_in_group(const Path& group, bool version2) {
  const auto limit = number_in(group / (version2 ? "memory.max" : "memory.limit_in_bytes"));
  const auto used = number_in(group / (version2 ? "memory.current" : "memory.usage_in_bytes"));
  if (!limit || *limit > kUnlimited) return std::nullopt;
  const auto cache =
      value_of(group / "memory.stat", version2 ? "inactive_file" : "total_inactive_file");
  return std::max(0.0, *limit - used.value_or(0) + cache.value_or(0));
}

std::optional<double> left_in_address_space(const Path& root) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  const double pages = number_in(root / "proc/self/statm").value_or(0);
  const double used = pages * static_cast<double>(sysconf(_SC_PAGESIZE));
  return std::max(0.0, static_cast<double>(limit.rlim_cur) - used);
}

std::optional<double> positive_value(const char* name) {
  const char* const text = std::getenv(name);
  if (!text) return std::nullopt;
  const double value = std::strtod(text, nullptr);
  return value > 0 ? std::optional(value) : std::nullopt;
}

std::optional<double> granted_by_slurm() {
  constexpr double kMegabyte = 1024.0 * 1024;
  if (const auto node = positive_value("SLURM_MEM_PER_NODE")) return *node * kMegabyte;
  const auto cpu = positive_value("SLURM_MEM_PER_CPU"), cpus = positive_value("SLURM_CPUS_ON_NODE");
  return cpu && cpus ? std::optional(*cpu * *cpus * kMegabyte) : std::nullopt;
}

}  // namespace

MemoryLimit available_memory(const Path& root) {
  MemoryLimit least{std::numeric_limits<double>::infinity(), "available"};
  const auto consider = [&](std::optional<double> bytes, const char* source) {
    if (bytes && *bytes < least.bytes) least = {*bytes, source};
  };
  if (const auto kilobytes = value_of(root / "proc/meminfo", "MemAvailable:"))
    consider(*kilobytes * 1024, "available on this machine");
  for_each_cgroup(root, "memory", [&](const Path& group, bool version2) {
    consider(left_in_group(group, version2), "left by the control group");
  });
  consider(left_in_address_space(root), "left by ulimit -v");
  consider(granted_by_slurm(), "granted by Slurm");
  return least;
}

bool can_take(std::size_t bytes) noexcept {
  void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return false;
  ::munmap(place, bytes);
  return true;
}

double parse_memory(std::string_view text, std::string_view flag) {
  std::string_view number = trim(text);
  for (const std::string_view ending : {"iB", "B"})
    if (number.ends_with(ending)) {
      number.remove_suffix(ending.size());
      break;
    }
  constexpr std::string_view kUnits = "KMGT";
  double unit = 1;
  if (!number.empty())
    if (const auto power = kUnits.find(number.back()); power != std::string_view::npos) {
      unit = integer_power(1024, static_cast<std::int64_t>(power) + 1);
      number.remove_suffix(1);
    }
  double value = 0;
  try {
    value = parse_double(number, flag);
  } catch (const Error&) {
    fail("{} is '{}': write a size such as 800M or 64G", flag, text);
  }
  constexpr double kMost = 1024.0 * 1024 * 1024 * 1024 * 1024;
  if (!(value > 0 && value * unit <= kMost))
    fail("{} is '{}': write a size from 1 byte to 1024T, such as 800M or 64G", flag, text);
  return value * unit;
}

std::string format_memory(double bytes) {
  if (std::isinf(bytes)) return "unlimited memory";
  for (const auto& [unit, name] :
       {std::pair(1e15, "PB"), std::pair(1e12, "TB"), std::pair(1e9, "GB"), std::pair(1e6, "MB")})
    if (bytes >= unit) return fmt::format("{:.3g} {}", bytes / unit, name);
  return fmt::format("{:.3g} kB", bytes / 1e3);
}

}  // namespace ravine
