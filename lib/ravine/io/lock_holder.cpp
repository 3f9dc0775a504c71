#include "ravine/io/lock_holder.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <ctime>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

/// The number of a restart, -1 if that is not known.
int attempt_of(std::string_view holder) {
  const std::string text = holder_value(holder, "attempt");
  int attempt = -1;
  std::from_chars(text.data(), text.data() + text.size(), attempt);
  return attempt;
}

}  // namespace

std::string own_holder() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  // Two containers may agree in host, pid and second.
  std::uint64_t token = 0;
  if (::getrandom(&token, sizeof token, 0) != sizeof token) token = 0;
  return fmt::format(
      "host={}\npid={}\nstarted={}\njob={}\ntask={}.{}.{}\nattempt={}\ntoken={:016x}\n",
      host.data(), ::getpid(), std::time(nullptr), variable("SLURM_JOB_ID", ""),
      variable("SLURM_ARRAY_TASK_ID", "-"), variable("SLURM_STEP_ID", "batch"),
      variable("SLURM_PROCID", "0"), variable("SLURM_RESTART_COUNT", "0"), token);
}

std::string holder_value(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
      return std::string(line.substr(key.size() + 1));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return "?";
}

bool is_holder(std::string_view text) {
  if (!text.starts_with("host=")) return false;
  for (const char* key : {"pid", "started", "job", "heartbeat"})
    if (holder_value(text, key) == "?") return false;
  return true;
}

bool is_restart_of(std::string_view holder, std::string_view self) {
  const std::string job = holder_value(self, "job"), task = holder_value(self, "task");
  const int before = attempt_of(holder);
  return !job.empty() && holder_value(holder, "job") == job &&
         holder_value(holder, "task") == task && before >= 0 && attempt_of(self) > before;
}

}  // namespace ravine
