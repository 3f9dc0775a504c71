#include "ravine/run/canary.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "ravine/core/environment.hpp"
#include "ravine/core/error.hpp"

namespace ravine {
namespace {

using Pair = std::pair<std::string, std::string>;  // problem, optimizer

// What all differing pairs have in common and no other pair has: the component that changed.
std::string culprit(const std::set<Pair>& differ, const std::set<Pair>& same) {
  const auto only = [&](auto member) {
    std::set<std::string> bad;
    for (const Pair& pair : differ) bad.insert(pair.*member);
    const bool also_good = std::any_of(
        same.begin(), same.end(), [&](const Pair& pair) { return bad.contains(pair.*member); });
    return also_good ? std::set<std::string>{} : bad;
  };
  const auto optimizers = only(&Pair::second), problems = only(&Pair::first);
  if (optimizers.empty() != problems.empty())
    return fmt::format("{} {}", problems.empty() ? "the optimizer" : "the problem",
                       fmt::join(problems.empty() ? optimizers : problems, ", "));
  if (differ.size() > 1 && same.empty()) return "every component that was tested";
  const auto& [problem, optimizer] = *differ.begin();
  return fmt::format("the optimizer {} on the problem {}", optimizer, problem);
}

}  // namespace

std::size_t check_other_builds(const std::vector<const PlannedTrial*>& trials, const Store& store,
                               const Catalogs& catalogs, const RunOptions& options,
                               std::atomic<bool>& stop) {
  std::map<Pair, const PlannedTrial*> shortest;
  for (const PlannedTrial* planned : trials) {
    const PlannedTrial*& least = shortest[{planned->trial.problem, planned->trial.optimizer}];
    if (!least || planned->gigaflops < least->gigaflops) least = planned;
  }
  std::vector<const PlannedTrial*> canaries;
  std::map<std::string, const PlannedTrial*> by_id;
  for (const auto& entry : shortest) {
    canaries.push_back(entry.second);
    by_id[entry.second->id] = entry.second;
  }
  RunOptions apart = options;
  apart.checkpoints.clear();
  Progress progress;
  std::set<Pair> differ, same;
  run_trials(canaries, catalogs, apart, stop, progress, [&](const TrialRecord& replayed) {
    const PlannedTrial& planned = *by_id.at(replayed.id);
    auto stored = store.read(replayed.id);
    if (!stored) fail_io("trial {} was damaged meanwhile: run the same command again", replayed.id);
    set_labels(*stored, planned.labels);
    const bool equal = record_digest(*stored) == record_digest(replayed);
    (equal ? same : differ).insert({planned.trial.problem, planned.trial.optimizer});
  });
  if (!differ.empty())
    fail(
        "'{}' holds trials of another build ({}, this is {}), and {} no longer reproduces the "
        "stored bits: choose another --output, or --fresh to compute everything anew",
        store.output().string(), store.build_id(canaries.front()->id), build_id(),
        culprit(differ, same));
  return same.size() == canaries.size() ? same.size() : 0;
}

}  // namespace ravine
