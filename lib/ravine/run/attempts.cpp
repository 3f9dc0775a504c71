#include "ravine/run/attempts.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"

namespace ravine {

void note_attempt(const std::filesystem::path& spool) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const char* job = std::getenv("SLURM_JOB_ID");
  const std::filesystem::path path = spool / kAttemptsFile;
  std::ofstream file(path, std::ios::app);
  errno = 0;
  file << fmt::format("{} {} {} {}\n", std::time(nullptr), host.data(), ::getpid(),
                      job && *job ? job : "-")
       << std::flush;
  if (!file) fail_system(errno ? errno : EIO, "write", path);
}

void add_attempts(Environment& environment, const std::filesystem::path& spool) {
  std::ifstream file(spool / kAttemptsFile);
  Environment found;
  int attempts = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string start, host, pid, job;
    if (!(words >> start >> host >> pid >> job)) continue;
    ++attempts;
    add_values(found, {{"host", host}});
    if (job != "-") add_values(found, {{"slurm_job", job}});
  }
  if (attempts == 0) return;
  for (const auto& [key, value] : found) {
    const auto name = key;
    const auto known = std::find_if(environment.begin(), environment.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    if (known == environment.end())
      environment.emplace_back(key, value);
    else
      known->second = value;
  }
  environment.emplace_back("attempts", std::to_string(attempts));
}

void add_values(Environment& to, const Environment& from) {
  for (const auto& [key, value] : from) {
    const auto name = key;
    const auto found =
        std::find_if(to.begin(), to.end(), [&](const auto& entry) { return entry.first == name; });
    if (found == to.end())
      to.emplace_back(key, value);
    else if ((" | " + found->second + " | ").find(" | " + value + " | ") == std::string::npos)
      found->second += " | " + value;
  }
}

}  // namespace ravine
