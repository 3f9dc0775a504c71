#include "ravine/results/merge.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "ravine/core/environment.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/failures.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/lock.hpp"
#include "ravine/results/attempts.hpp"
#include "ravine/results/leftovers.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "ravine/results/spool_folder.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

/// One input: exactly one of the two.
struct Source {
  Path path;
  std::unique_ptr<ResultsReader> packed;
  std::unique_ptr<Spool> spool;

  std::vector<std::string> ids() const { return packed ? packed->ids() : spool->ids(); }
  /// "" if it does not say.
  std::string suite() const { return packed ? packed->suite() : suite_of_spool(path); }
  bool in_plan(std::size_t trial) const { return !packed || packed->in_plan(trial); }
  /// Nothing if the trial has turned out damaged, or was packed by its owner meanwhile.
  std::optional<TrialRecord> record(const std::string& id) const {
    return packed ? packed->record(*packed->find(id)) : spool->read(id);
  }
};

Source open_source(const Path& path) {
  if (!std::filesystem::exists(path))
    fail("{} does not exist: name result files or spools", path.string());
  if (!std::filesystem::is_directory(path))
    return {path, std::make_unique<ResultsReader>(path), nullptr};
  expect_spool(path);
  return {path, nullptr, std::make_unique<Spool>(path, Spool::Access::kRead)};
}

/// Which input each trial was first seen in, and whether any says that it is in the plan.
struct Place {
  std::size_t source;
  bool in_plan;
};
using Places = std::map<std::string, Place, std::less<>>;

std::string common_suite(const std::vector<Source>& sources, std::string suite) {
  for (const Source& source : sources) {
    const std::string own = source.suite();
    if (suite.empty()) suite = own;
    if (!own.empty() && own != suite)
      fail("{} holds results of the suite {}, but the others of {}: merge files of one suite",
           source.path.string(), own, suite);
  }
  if (suite.empty()) fail("none of the inputs names its suite: pass --suite NAME");
  return suite;
}

/// Finds all trials; throws if two inputs have one trial with different bits.
Places locate(const std::vector<Source>& sources, MergeReport& report) {
  Places places;
  for (std::size_t s = 0; s < sources.size(); ++s) {
    const std::vector<std::string> ids = sources[s].ids();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto [place, is_new] = places.try_emplace(ids[i], Place{s, sources[s].in_plan(i)});
      if (is_new) continue;
      const Source& first = sources[place->second.source];
      const auto one = first.record(ids[i]), other = sources[s].record(ids[i]);
      if (!one) place->second.source = s;
      if (one && other && record_digest(*one) != record_digest(*other))
        fail(
            "trial {} has different bits in {} and in {}: they come from different code or a "
            "broken machine; rerun it and leave one of them out",
            ids[i], first.path.string(), sources[s].path.string());
      place->second.in_plan = place->second.in_plan || sources[s].in_plan(i);
      ++report.repeated;
    }
  }
  return places;
}

/// The checks of all inputs, equal ones once; throws if two inputs differ in one.
std::vector<Check> join_checks(const std::vector<Source>& sources) {
  std::vector<Check> checks;
  std::map<std::string, std::pair<std::string, const Source*>, std::less<>> known;
  for (const Source& source : sources) {
    if (!source.packed) continue;
    for (const Check& check : source.packed->checks()) {
      const std::string digest = check_digest(check);
      const auto [place, is_new] = known.try_emplace(check.id, digest, &source);
      if (is_new) checks.push_back(check);
      if (place->second.first != digest)
        fail(
            "check {} differs between {} and {}: they come from different code; repack one of them",
            check.id, place->second.second->path.string(), source.path.string());
    }
  }
  return checks;
}

/// The plan that the inputs are shards of, if it lies beside them.
std::optional<std::vector<PlanLine>> find_plan(const std::vector<Path>& inputs) {
  // Two plans, such as those of a search and of its final stage, are one after the other.
  std::set<Path> seen;
  std::set<std::string> known;
  std::optional<std::vector<PlanLine>> joined;
  for (const Path& input : inputs) {
    const Path path = plan_path(input);
    if (!std::filesystem::exists(path) || !seen.insert(path).second) continue;
    if (!joined) joined.emplace();
    for (const PlanLine& line : read_plan(path))
      if (known.insert(line.id).second) joined->push_back(line);
  }
  return joined;
}

/// A mistyped command line must not cost results: what the output held has to be in the inputs.
void protect(const Path& output, const Places& places) {
  if (!is_there(output)) return;
  const ResultsReader existing(output);
  for (const std::string& id : existing.ids())
    if (!places.contains(id))
      fail(
          "{} exists and holds trial {}, which is missing from the inputs: add it to them or "
          "remove it",
          output.string(), id);
}

/// What has been found where, on its way into the output.
struct Merge {
  std::vector<Source>& sources;
  Places& places;
  ResultsWriter& writer;
  MergeReport& report;

  /// Once per trial. Returns false if it has turned out to be damaged.
  bool append(const std::string& id, const Place& place, bool in_plan) {
    const auto record = sources[place.source].record(id);
    if (!record) return false;
    writer.append(*record, in_plan);
    ++report.trials;
    report.in_plan += in_plan;
    report.failed += in_plan && outcome_of(*record) == outcome_name(Outcome::kFailed);
    return true;
  }
  void append_plan(const std::vector<PlanLine>& plan) {
    report.planned = plan.size();
    for (const PlanLine& line : plan) {
      const auto found = places.find(line.id);
      if (found == places.end() || !append(line.id, found->second, true))
        report.missing.push_back(line);
      if (found != places.end()) places.erase(found);
    }
  }
  void append_rest(bool planned) {
    for (std::size_t s = 0; s < sources.size(); ++s)
      for (const std::string& id : sources[s].ids()) {
        const auto found = places.find(id);
        if (found != places.end() && found->second.source == s)
          append(id, found->second, found->second.in_plan && !planned);
      }
  }
};

}  // namespace

MergeReport merge_results(const Path& path, const std::vector<Path>& inputs,
                          const std::string& suite) {
  // Also while the inputs are read: the output and its spool may be among them.
  const Path output = follow_links(path);
  const FileLock lock(lock_path(output));
  remove_leftovers_of(output);
  const FileStamp seen = stamp_of(output);
  MergeReport report;
  std::vector<Source> sources;
  for (const Path& input : inputs) sources.push_back(open_source(input));
  report.suite = common_suite(sources, suite);
  const auto plan = find_plan(inputs);
  Environment environment;
  for (const Source& source : sources)
    if (source.packed) add_values(environment, source.packed->environment());
  if (environment.empty()) environment = collect_environment();
  for (const Source& source : sources) {
    Environment attempts;
    if (source.spool) add_attempts(attempts, source.path);
    add_values(environment, attempts);
  }

  const std::vector<Check> checks = join_checks(sources);
  Places places = locate(sources, report);
  if (places.empty() && !plan && checks.empty())
    throw NothingToMerge(
        fmt::format("no input holds a trial: there is nothing to merge into {}", output.string()));
  protect(output, places);
  report.digest = resumably([&] {
    ResultsWriter writer(output, report.suite, environment);
    writer.add_checks(checks);
    Merge merge{sources, places, writer, report};
    if (plan) merge.append_plan(*plan);
    merge.append_rest(plan.has_value());
    return writer.finish([&] {
      lock.expect_held();
      if (stamp_of(output) != seen)
        fail_io("another process changed {} during the merge: run the same command again",
                output.string());
    });
  });
  for (const Source& source : sources)
    if (source.spool)
      for (const std::string& warning : source.spool->warnings())
        report.warnings.push_back(warning);
  return report;
}

}  // namespace ravine
