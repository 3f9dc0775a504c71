#include "replay.hpp"

#include <algorithm>
#include <atomic>
#include <string_view>
#include <vector>

#include "compare.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/messages.hpp"
#include "ravine/core/real.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/run/scheduler.hpp"
#include "ravine/train/trial.hpp"

namespace {

using ravine::TrialRecord;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
  }
  return lines;
}

// The first line in which two canonical texts differ, for a message.
[[noreturn]] void refuse_other_trial(std::string_view stored, std::string_view planned) {
  const auto before = lines_of(stored), now = lines_of(planned);
  for (std::size_t i = 0; i < std::max(before.size(), now.size()); ++i) {
    const std::string_view one = i < before.size() ? before[i] : "",
                           two = i < now.size() ? now[i] : "";
    if (one != two)
      ravine::fail(
          "this program would train another trial: it has '{}' where the file says '{}'; use "
          "the data and the version of ravine that made it",
          two, one);
  }
  ravine::fail("the file is altered: the id of the trial is not that of its canonical text");
}

}  // namespace

int replay(const std::string& path, const std::string& id, const std::string& data_directory) {
  ravine::ResultsReader reader(path);
  const auto trial = reader.find(id);
  if (!trial)
    ravine::fail("{} has no trial {}: ids have 16 hexadecimal digits and stand in trials/id", path,
                 id);
  TrialRecord stored = reader.record(*trial);
  if (!stored.spec.starts_with(fmt::format("precision = {}\n", ravine::kPrecision)))
    ravine::fail("trial {} of {} was not trained in {} precision: use {}", id, path,
                 ravine::kPrecision,
                 ravine::kPrecision == "float" ? "ravine-results-double" : "ravine-results");
  ravine::Catalogs catalogs;
  catalogs.connect();
  ravine::Planner planner(data_directory, catalogs);
  const ravine::PlannedTrial planned = planner.prepare(ravine::parse_spec(stored.spec));
  if (planned.spec != stored.spec || planned.id != id)
    refuse_other_trial(stored.spec, planned.spec);
  std::atomic<bool> stop = false;
  ravine::Progress progress;
  TrialRecord replayed;
  ravine::run_trial(planned, catalogs, {}, stop, progress, replayed);
  ravine::set_labels(stored, {});  // what a trial was for is outside its identity
  if (ravine::record_digest(stored) == ravine::record_digest(replayed)) {
    ravine::answer("{}: the same bits, {} observations, {}\n", id,
                   ravine::observation_count(replayed), ravine::outcome_of(replayed));
    return 0;
  }
  for (const std::string& line :
       differences(stored, replayed, Match::kId, {"the file", "the replay"}))
    ravine::answer("{} {}\n", id, line);
  ravine::answer("{} differs\n", id);
  return 1;
}
