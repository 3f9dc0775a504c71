#include "ravine/run/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "ravine/core/clock.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/run/progress_display.hpp"
#include "ravine/run/scheduler.hpp"
#include "ravine/run/stop.hpp"
#include "ravine/run/store.hpp"

namespace ravine {
namespace {

using Pending = std::vector<const PlannedTrial*>;

constexpr int kStopped = 75;  // resumable: the same command continues

double gigaflops(const Pending& pending) {
  double sum = 0;
  for (const PlannedTrial* planned : pending) sum += planned->gigaflops;
  return sum;
}

bool has_failed(const TrialRecord& record) {
  return text_cell(record, "outcome") == outcome_name(Outcome::kFailed);
}

// What is not finished. A failed trial is tried again; a trial of another build is refused.
Pending unfinished(const std::vector<PlannedTrial>& plan, const Store& store) {
  Pending pending;
  for (const PlannedTrial& planned : plan) {
    if (!store.contains(planned.id)) {
      pending.push_back(&planned);
      continue;
    }
    if (store.build_id(planned.id) != build_id())
      fail(
          "'{}' holds trials of another build ({}, this is {}): choose another --output, or "
          "--fresh "
          "to compute everything anew",
          store.output().string(), store.build_id(planned.id), build_id());
    const auto record = store.read(planned.id);
    if (!record || has_failed(*record)) pending.push_back(&planned);
  }
  return pending;
}

void report_failures(const std::vector<PlannedTrial>& plan, const Store& store) {
  std::map<std::string, std::size_t> messages;
  for (const PlannedTrial& planned : plan) {
    const auto record = store.read(planned.id);
    if (record && has_failed(*record)) ++messages[text_cell(*record, "message")];
  }
  for (const auto& [message, count] : messages)
    fmt::print(stderr, "{} trials failed: {}\n", count, message);
}

}  // namespace

int list_plan(const std::vector<PlannedTrial>& plan) {
  for (const PlannedTrial& planned : plan) {
    const Trial& t = planned.trial;
    fmt::print(
        "{}  {}  bn={}  {}  {}  {}  lr={}  batch={}  seed={}  steps={}\n", planned.id, t.problem,
        t.batch_norm, t.initializer, t.optimizer, t.schedule, format_number(t.learning_rate),
        t.batch_size == 0 ? "full" : fmt::format("{}", t.batch_size), t.seed, planned.total_steps);
  }
  return 0;
}

namespace {

// What one command has done so far, over all its stages.
struct Run {
  const SuiteOptions& options;
  const Suite& suite;
  Store store{options.output, suite.name, options.fresh};
  StopRequest stop{options.time_limit_seconds};
  Progress progress = {};

  bool finish(const std::vector<PlannedTrial>& plan, const std::string& stage);
  int pack(const std::vector<PlannedTrial>& plan, double seconds);
  void relabel(const std::vector<PlannedTrial>& plan);
};

// Runs what is not finished. Returns false if it was stopped.
bool Run::finish(const std::vector<PlannedTrial>& plan, const std::string& stage) {
  const Pending pending = unfinished(plan, store);
  for (const std::string& warning : store.warnings()) fmt::print(stderr, "{}\n", warning);
  fmt::print(stderr, "ravine-{}: {}{} trials", suite.name, stage, plan.size());
  if (pending.size() < plan.size())
    fmt::print(stderr, ", {} of them finished before", plan.size() - pending.size());
  fmt::print(stderr, "; {} at a time\n", options.workers);
  if (pending.empty()) return true;

  const RunOptions run_options{
      options.workers, {options.threads}, store.checkpoints(), options.checkpoint_every_seconds};
  Progress mine;
  {
    const ProgressDisplay display(mine, pending.size(), gigaflops(pending));
    run_trials(pending, suite.catalogs, run_options, stop.requested(), mine,
               [&](const TrialRecord& record) { store.write(record); });
  }
  progress.done += mine.done;
  progress.diverged += mine.diverged;
  progress.failed += mine.failed;
  if (mine.done == pending.size()) return true;
  fmt::print(stderr,
             "stopped: {} of {} trials are finished and stored; the same command continues\n",
             plan.size() - pending.size() + mine.done, plan.size());
  return false;
}

// A trial that another command left keeps its bits, but not what it was for.
void Run::relabel(const std::vector<PlannedTrial>& plan) {
  for (const PlannedTrial& planned : plan) {
    if (planned.labels.empty()) continue;
    auto record = store.read(planned.id);
    if (!record) continue;
    bool same = true;
    for (const Cell& label : planned.labels) {
      const auto cell = std::find_if(record->cells.begin(), record->cells.end(),
                                     [&](const Cell& c) { return c.name == label.name; });
      if (cell != record->cells.end() && cell->value == label.value) continue;
      same = false;
      if (cell != record->cells.end())
        *cell = label;
      else
        record->cells.push_back(label);
    }
    if (!same) store.write(*record);
  }
}

int Run::pack(const std::vector<PlannedTrial>& plan, double seconds) {
  report_failures(plan, store);
  relabel(plan);
  std::vector<std::string> ids;
  for (const PlannedTrial& planned : plan) ids.push_back(planned.id);
  // Once for all shards: merging keeps them.
  const bool checks = suite.checks && options.shard == 0;
  store.pack(ids, collect_environment(), checks ? suite.checks() : std::vector<Check>{});
  fmt::print(stderr, "{} trials done in {}, {} diverged, {} failed\n", progress.done.load(),
             format_duration(seconds), progress.diverged.load(), progress.failed.load());
  fmt::print("{}\n", options.output);
  return progress.failed == 0 ? 0 : 1;
}

}  // namespace

int run_plan(const std::vector<PlannedTrial>& plan, const SuiteOptions& options,
             const Suite& suite) {
  Stopwatch clock;
  clock.start();
  Run run{options, suite};
  return run.finish(plan, "") ? run.pack(plan, clock.seconds()) : kStopped;
}

int run_tuned(const Tuning& tuning, const SuiteOptions& options, const Suite& suite) {
  Stopwatch clock;
  clock.start();
  Run run{options, suite};
  std::vector<PlannedTrial> plan = tuning.search();
  if (!run.finish(plan, "search: ")) return kStopped;
  const auto best = tuning.final_stage([&](const std::string& id) { return run.store.read(id); });
  if (!run.finish(best, "final: ")) return kStopped;
  plan.insert(plan.end(), best.begin(), best.end());
  return run.pack(plan, clock.seconds());
}

std::string version() { return RAVINE_VERSION; }

}  // namespace ravine
