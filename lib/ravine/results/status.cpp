#include "ravine/results/status.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <unistd.h>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/lock.hpp"
#include "ravine/io/lock_holder.hpp"
#include "ravine/results/attempts.hpp"
#include "ravine/results/leftovers.hpp"
#include "ravine/results/output_names.hpp"
#include "ravine/results/progress_file.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "ravine/results/spool_folder.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;
using Outcomes = std::map<std::string, std::string, std::less<>>;

std::string content_at(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

double number_or(const std::string& text, double otherwise) {
  try {
    return parse_double(text, "time");
  } catch (const Error&) {
    return otherwise;
  }
}

std::optional<RunHolder> living_holder(const fs::path& lock) {
  std::error_code gone;
  const auto written = fs::last_write_time(lock, gone);
  if (gone || !fs::is_regular_file(fs::symlink_status(lock, gone))) return std::nullopt;
  const std::string text = content_at(lock);
  const auto now = static_cast<double>(std::time(nullptr));
  const std::chrono::duration<double> silent = fs::file_time_type::clock::now() - written;
  RunHolder holder{holder_value(text, "host"), holder_value(text, "pid"), holder_value(text, "job"),
                   0, std::max(0.0, silent.count())};
  holder.elapsed_seconds = std::max(0.0, now - number_or(holder_value(text, "started"), now));
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  const bool alive = holder.host == host ? fs::exists(fs::path("/proc") / holder.pid)
                                         : holder.silent_seconds < FileLock::kStaleSeconds;
  if (!alive) return std::nullopt;
  return holder;
}

std::size_t count_attempts(const fs::path& spool) {
  const std::string text = content_at(spool / kAttemptsFile);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Calls look(); what it cannot use is named, unless it has gone meanwhile.
template <class F>
void tolerate_damage(const fs::path& path, std::vector<std::string>& damaged, F&& look) {
  try {
    look();
  } catch (const std::exception& error) {
    if (is_there(path)) damaged.emplace_back(error.what());
  }
}

/// The spool first: a trial that is packed meanwhile is in one of them.
Outcomes finished_trials(const fs::path& output, OutputStatus& status) {
  Outcomes found;
  const fs::path folder = spool_path(output);
  if (fs::is_directory(fs::symlink_status(folder)))
    tolerate_damage(folder, status.damaged, [&] {
      status.suite = suite_of_spool(folder);
      const Spool spool(folder, Spool::Access::kRead);
      for (const std::string& id : spool.ids()) found[id] = spool.outcome(id);
      const auto warnings = spool.warnings();
      status.damaged.insert(status.damaged.end(), warnings.begin(), warnings.end());
    });
  const bool spooled = !found.empty();
  if (is_there(output))
    tolerate_damage(output, status.damaged, [&] {
      const ResultsReader packed(output);
      status.suite = packed.suite();
      for (std::size_t i = 0; i < packed.size(); ++i)
        if (packed.in_plan(i)) found.try_emplace(packed.ids()[i], packed.outcome(i));
      if (!spooled && status.damaged.empty()) status.state = "done";
    });
  return found;
}

void count(const Outcomes& outcomes, OutputStatus& status) {
  status.finished = outcomes.size();
  status.diverged = status.failed = 0;
  for (const auto& entry : outcomes) {
    status.diverged += entry.second == outcome_name(Outcome::kDiverged);
    status.failed += entry.second == outcome_name(Outcome::kFailed);
  }
}

OutputStatus look_at(const fs::path& output, Outcomes& outcomes) {
  OutputStatus status;
  status.output = output;
  status.holder = living_holder(lock_path(output));
  Outcomes own = finished_trials(output, status);
  count(own, status);
  status.attempts = count_attempts(spool_path(output));
  const auto note = read_progress(spool_path(output));
  if (note) status.planned = note->planned;
  if (status.holder) {
    status.state = "running";
    if (note) status.seconds_left = note->seconds_left;
  } else if (status.state == "done") {
    status.planned = status.finished;
  } else {
    const bool begun = status.finished > 0 || status.attempts > 0 || !status.damaged.empty();
    status.state = begun ? "stopped" : "waiting";
  }
  outcomes.merge(own);
  return status;
}

/// "x.shard-0-of-4.h5" of "x.shard-0-of-4.h5", its spool and its lock, by number.
std::vector<fs::path> shards_beside(const fs::path& output) {
  const fs::path folder = output.has_parent_path() ? output.parent_path() : fs::path(".");
  std::set<std::pair<std::size_t, fs::path>> found;
  if (fs::is_directory(folder))
    for (const fs::path& entry : list_folder(folder)) {
      fs::path part = output.parent_path() / entry.filename();
      if (part.extension() == ".spool" || part.extension() == ".lock") part.replace_extension();
      if (part != output && whole_output(part) == output)
        found.emplace(part.native().size(), part);  // 2 before 10
    }
  std::vector<fs::path> shards;
  for (const auto& entry : found) shards.push_back(entry.second);
  return shards;
}

void look_at_shards(OutputStatus& status, Outcomes& outcomes) {
  bool running = false;
  for (const fs::path& shard : shards_beside(status.output)) {
    status.shards.push_back(look_at(shard, outcomes));
    running = running || status.shards.back().state == "running";
    if (status.suite.empty()) status.suite = status.shards.back().suite;
  }
  count(outcomes, status);
  if (!status.shards.empty() && status.state == "waiting")
    status.state = running ? "running" : "stopped";
}

void look_at_plan(OutputStatus& status, const Outcomes& outcomes) {
  const fs::path path = plan_path(status.output);
  if (!is_there(path)) return;
  tolerate_damage(path, status.damaged, [&] {
    const std::vector<PlanLine> plan = read_plan(path);
    if (status.state != "done") status.planned = plan.size();
    std::ranges::copy_if(plan, std::back_inserter(status.missing),
                         [&](const PlanLine& line) { return !outcomes.contains(line.id); });
  });
}

// An empty report, and no file, where no input holds a trial.
MergeReport merged(const fs::path& into, const std::vector<fs::path>& inputs) {
  if (inputs.empty()) return {};
  try {
    MergeReport report = merge_results(into, inputs);
    if (report.trials == 0) remove_file(into);
    return report;
  } catch (const NothingToMerge&) {
    return {};
  }
}

}  // namespace

OutputStatus status_of(const fs::path& output) {
  Outcomes outcomes;
  OutputStatus status = look_at(output, outcomes);
  if (whole_output(output) != output) return status;  // a shard: the plan is that of all
  look_at_shards(status, outcomes);
  look_at_plan(status, outcomes);
  return status;
}

MergeReport pack_so_far(const fs::path& into, const fs::path& output) {
  if (follow_links(into) == follow_links(output) || whole_output(into) == output)
    fail("'{}' is the output of the run itself: name another file to pack into", into.string());
  while (true) {
    const FileStamp before = stamp_of(output);
    std::vector<fs::path> parts = {output}, inputs;
    std::ranges::copy(shards_beside(output), std::back_inserter(parts));
    for (const fs::path& part : parts)
      for (const fs::path& input : {part, spool_path(part)})
        if (is_there(input)) inputs.push_back(input);
    const MergeReport report = merged(into, inputs);
    if (report.trials == 0)
      fail_io("no trial of '{}' is finished yet: run the same command again later",
              output.string());
    // Who packed meanwhile has moved its trials from one input to another.
    if (stamp_of(output) == before) return report;
  }
}

}  // namespace ravine
