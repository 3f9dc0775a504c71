#include "replay.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/messages.hpp"
#include "ravine/core/real.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/run/scheduler.hpp"
#include "ravine/train/trial.hpp"

namespace {

using ravine::Column;
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

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

// Where a column differs first; its length if one has more rows.
std::optional<std::size_t> first_difference(const Column& one, const Column& two) {
  const std::size_t rows = std::min(one.values.size(), two.values.size());
  for (std::size_t i = 0; i < rows; ++i)
    if (!same_bits(one.values[i], two.values[i])) return i;
  if (one.values.size() != two.values.size()) return rows;
  return std::nullopt;
}

std::vector<std::string> differences(const TrialRecord& stored, const TrialRecord& replayed) {
  std::vector<std::string> found;
  for (const Column& column : stored.curve) {
    if (column.timing) continue;
    const auto other = std::ranges::find(replayed.curve, column.name, &Column::name);
    if (other == replayed.curve.end()) continue;  // measured by other trials of the file only
    if (const auto row = first_difference(column, *other))
      found.push_back(fmt::format("{} from observation {} on", column.name, *row));
  }
  const std::string before = ravine::outcome_of(stored), now = ravine::outcome_of(replayed);
  if (before != now) found.push_back(fmt::format("outcome {} instead of {}", now, before));
  if (found.empty()) found.emplace_back("what is recorded beside the curve");
  return found;
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
  ravine::answer("{} differs: {}\n", id, fmt::join(differences(stored, replayed), ", "));
  return 1;
}
