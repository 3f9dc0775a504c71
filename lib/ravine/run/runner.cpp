#include "ravine/run/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "ravine/core/environment.hpp"
#include "ravine/run/progress_display.hpp"
#include "ravine/run/scheduler.hpp"
#include "ravine/run/stop.hpp"
#include "ravine/run/store.hpp"

namespace ravine {
namespace {

using Pending = std::vector<const PlannedTrial*>;

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

int run_plan(const std::vector<PlannedTrial>& plan, const SuiteOptions& options,
             const Suite& suite) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  Store store(options.output, suite.name, options.fresh);
  const Pending pending = unfinished(plan, store);
  for (const std::string& warning : store.warnings()) fmt::print(stderr, "{}\n", warning);
  fmt::print(stderr, "ravine-{}: {} trials", suite.name, plan.size());
  if (pending.size() < plan.size())
    fmt::print(stderr, ", {} of them finished before", plan.size() - pending.size());
  fmt::print(stderr, "; {} at a time\n", options.workers);

  Progress progress;
  if (!pending.empty()) {
    StopRequest stop(options.time_limit_seconds);
    const RunOptions run_options{
        options.workers, {options.threads}, store.checkpoints(), options.checkpoint_every_seconds};
    {
      const ProgressDisplay display(progress, pending.size(), gigaflops(pending));
      run_trials(pending, suite.catalogs, run_options, stop.requested(), progress,
                 [&](const TrialRecord& record) { store.write(record); });
    }
    if (progress.done < pending.size()) {
      fmt::print(stderr,
                 "stopped: {} of {} trials are finished and stored; the same command continues\n",
                 plan.size() - pending.size() + progress.done, plan.size());
      return 75;
    }
  }
  report_failures(plan, store);
  std::vector<std::string> ids;
  for (const PlannedTrial& planned : plan) ids.push_back(planned.id);
  store.pack(ids, collect_environment());
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  fmt::print(stderr, "{} trials done in {}, {} diverged, {} failed\n", progress.done.load(),
             format_duration(seconds), progress.diverged.load(), progress.failed.load());
  fmt::print("{}\n", options.output);
  return progress.failed == 0 ? 0 : 1;
}

std::string version() { return RAVINE_VERSION; }

}  // namespace ravine
