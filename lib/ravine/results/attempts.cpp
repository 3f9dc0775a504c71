#include "ravine/results/attempts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <regex>
#include <span>
#include <sstream>
#include <string>

#include "ravine/core/error.hpp"
#include "ravine/io/descriptor.hpp"
#include "ravine/io/files.hpp"

namespace ravine {

namespace {

/// Also a line that a killed process left half-way.
bool is_attempt(const std::string& line) {
  static const std::regex form(R"(\d+( \S+( \d+( \S*)?)?)?)");
  return std::regex_match(line, form);
}

void expect_attempts(const std::filesystem::path& path) {
  expect_plain_file(path);
  std::ifstream file(path);
  std::string line;
  if (std::getline(file, line) && !is_attempt(line))
    fail("{} is not a list of attempts of ravine: move it away or choose another output",
         path.string());
}

}  // namespace

void note_attempt(const std::filesystem::path& spool) {
  const std::filesystem::path path = spool / kAttemptsFile;
  expect_attempts(path);
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const char* job = std::getenv("SLURM_JOB_ID");
  const std::string line = fmt::format("{} {} {} {}\n", std::time(nullptr), host.data(), ::getpid(),
                                       job && *job ? job : "-");
  try {
    Descriptor file(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
    file.write(std::as_bytes(std::span(line)));
  } catch (const Error&) {
    // Nothing that is computed needs the list.
  }
}

void add_attempts(Environment& environment, const std::filesystem::path& spool) {
  std::ifstream file;
  // Only looked at: other files are passed over.
  if (std::filesystem::is_regular_file(std::filesystem::symlink_status(spool / kAttemptsFile)))
    file.open(spool / kAttemptsFile);
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
