#include "ravine/run/runner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>

#include "ravine/core/clock.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/core/interrupt.hpp"
#include "ravine/core/messages.hpp"
#include "ravine/io/failures.hpp"
#include "ravine/plan/plan_lines.hpp"
#include "ravine/results/siblings.hpp"
#include "ravine/results/store.hpp"
#include "ravine/run/canary.hpp"
#include "ravine/run/progress_display.hpp"
#include "ravine/run/scheduler.hpp"
#include "ravine/run/stop.hpp"

namespace ravine {
namespace {

using Pending = std::vector<const PlannedTrial*>;

constexpr int kStopped = 75;  // resumable: the same command continues

double gigaflops(const Pending& pending) {
  double sum = 0;
  for (const PlannedTrial* planned : pending) sum += planned->gigaflops;
  return sum;
}

// The text of a stored trial in the form of the plan's list.
std::string describe_stored(const TrialRecord& record) {
  std::string text = record.id;
  for (const char* name : {"problem", "optimizer", "learning_rate", "seed"})
    for (const Cell& cell : record.cells)
      if (cell.name == name)
        std::visit([&](const auto& value) { text += fmt::format("  {}", value); }, cell.value);
  return text;
}

}  // namespace

int list_plan(const std::vector<PlannedTrial>& plan) {
  for (const PlannedTrial& planned : plan) answer("{}  {}\n", planned.id, describe_line(planned));
  return 0;
}

namespace {

constexpr std::string_view kFailed = "failed";
constexpr std::size_t kNamed = 5;  // of many, this many are named

// What one command has done so far, over all its stages.
struct Run {
  Run(const RunSettings& options_, const Suite& suite_, StopRequest& stop_)
      : options(options_), suite(suite_), stop(stop_) {}

  const RunSettings& options;
  const Suite& suite;
  StopRequest& stop;
  Store store{options.output, suite.name, options.fresh};
  Progress progress = {};
  std::size_t begun = 0;  // trials of the stages that have begun

  bool finish(const std::vector<PlannedTrial>& plan, const std::string& stage);
  int pack(const std::vector<PlannedTrial>& plan, double seconds);
  void leave_to_siblings(std::vector<PlannedTrial>& plan);
  RunOptions run_options() const;
  bool try_other_builds(const std::vector<PlannedTrial>& plan);
  void name_others(const std::vector<PlannedTrial>& plan);
  void report_failures(const std::vector<PlannedTrial>& plan);
};

void warn(const std::string& sentence) {
  // Over the bar of a terminal, which is drawn anew.
  say("{}{}\n", redraws_lines() ? "\r\033[K" : "", sentence);
}

RunOptions Run::run_options() const {
  return {options.workers,
          {options.threads},
          store.checkpoints(),
          options.checkpoint_every_seconds,
          warn,
          [this] { store.expect_held(); }};
}

// What other shards have finished is no longer in the plan of this one.
void Run::leave_to_siblings(std::vector<PlannedTrial>& plan) {
  std::set<std::string> open;
  for (const PlannedTrial& planned : plan)
    if (!store.contains(planned.id)) open.insert(planned.id);
  const auto finished = finished_by_siblings(store.output(), open);
  if (finished.empty()) return;
  std::erase_if(plan, [&](const PlannedTrial& planned) { return finished.contains(planned.id); });
  say("ravine-{}: {} trials of this shard were already completed by other shards\n", suite.name,
      finished.size());
}

// Returns false if it was stopped.
bool Run::try_other_builds(const std::vector<PlannedTrial>& plan) {
  Pending foreign;
  for (const PlannedTrial& planned : plan)
    if (store.contains(planned.id) && store.build_id(planned.id) != build_id() &&
        store.outcome(planned.id) != kFailed)
      foreign.push_back(&planned);
  if (foreign.empty()) return true;
  const std::size_t replayed =
      check_other_builds(foreign, store, suite.catalogs, run_options(), stop.requested());
  if (replayed > 0)
    say("ravine-{}: {} trials of another build are reused: the shortest of each problem and "
        "optimizer, {} in all, gave the same bits again\n",
        suite.name, foreign.size(), replayed);
  else
    say("stopped before the {} trials of another build were tested\n", foreign.size());
  return replayed > 0;
}

// Trials of another plan stay beside this one, and nobody should wonder about them.
void Run::name_others(const std::vector<PlannedTrial>& plan) {
  std::unordered_set<std::string_view> planned;
  for (const PlannedTrial& one : plan) planned.insert(one.id);
  std::size_t others = 0;
  std::string named;
  for (const std::string& id : store.ids()) {
    if (planned.contains(id) || ++others > kNamed) continue;
    if (const auto record = store.read(id)) named += "\n  " + describe_stored(*record);
  }
  if (others == 0) return;
  say("ravine-{}: {} stored trials do not belong to this plan: they are kept and marked, but its "
      "digest excludes them{}{}\n",
      suite.name, others, named,
      others > kNamed ? fmt::format("\n  and {} more", others - kNamed) : "");
}

// Runs what is not finished; a failed trial is tried again. Returns false if it was stopped.
bool Run::finish(const std::vector<PlannedTrial>& plan, const std::string& stage) {
  if (!try_other_builds(plan)) return false;
  Pending pending;
  for (const PlannedTrial& planned : plan)
    if (!store.contains(planned.id) || store.outcome(planned.id) == kFailed)
      pending.push_back(&planned);
  for (const std::string& warning : store.warnings()) say("{}\n", warning);
  say("ravine-{}: {}{} trials", suite.name, stage, plan.size());
  if (pending.size() < plan.size())
    say(", {} of them finished before", plan.size() - pending.size());
  say("; {} at a time\n", options.workers);
  begun += plan.size();
  if (pending.empty()) return true;

  Progress mine;
  {
    const ProgressDisplay display(mine, pending.size(), gigaflops(pending),
                                  [this](std::optional<double> seconds_left) {
                                    store.note_progress({begun, seconds_left});
                                  });
    run_trials(pending, suite.catalogs, run_options(), stop.requested(), mine,
               [&](const TrialRecord& record) { store.write(record); });
  }
  progress.done += mine.done;
  progress.diverged += mine.diverged;
  progress.failed += mine.failed;
  if (mine.done == pending.size()) return true;
  say("stopped: {} of {} trials are finished and stored; the same command continues\n",
      plan.size() - pending.size() + mine.done, plan.size());
  return false;
}

void Run::report_failures(const std::vector<PlannedTrial>& plan) {
  std::map<std::string, std::size_t> messages;
  for (const PlannedTrial& planned : plan) {
    if (store.outcome(planned.id) != kFailed) continue;
    if (const auto record = store.read(planned.id)) ++messages[text_cell(*record, "message")];
  }
  for (const auto& [message, count] : messages) say("{} trials failed: {}\n", count, message);
}

int Run::pack(const std::vector<PlannedTrial>& plan, double seconds) {
  report_failures(plan);
  name_others(plan);
  std::vector<std::string> ids;
  for (const PlannedTrial& planned : plan) ids.push_back(planned.id);
  // Once for all shards: merging keeps them.
  const bool checks = suite.checks && options.shard == 0;
  try {
    store.pack(ids, collect_environment(), checks ? suite.checks() : std::vector<Check>{},
               [&](std::size_t i, TrialRecord& record) {
                 if (stop.requested()) throw Interrupted();
                 if (!plan[i].labels.empty()) set_labels(record, plan[i].labels);
               });
  } catch (const Interrupted&) {
    say("stopped while packing: every trial is stored; run the same command again to pack them\n");
    return kStopped;
  }
  say("{} trials done in {}, {} diverged, {} failed\n", progress.done.load(),
      format_duration(seconds), progress.diverged.load(), progress.failed.load());
  // The results are safe: no full disk behind standard output changes the exit code.
  write_quietly(STDOUT_FILENO, options.output + "\n");
  return progress.failed == 0 ? 0 : 1;
}

}  // namespace

namespace {

/// Opens the store. A path that cannot be used is misuse here, and nowhere later.
std::unique_ptr<Run> start(const RunSettings& options, const Suite& suite, StopRequest& stop) {
  try {
    return std::make_unique<Run>(options, suite, stop);
  } catch (const PathError&) {
    throw;
  } catch (const std::exception& error) {
    fail_resumably(error);
  }
}

}  // namespace

int run_plan(std::vector<PlannedTrial> plan, const RunSettings& options, const Suite& suite,
             StopRequest& stop) {
  stop.begin_storing();
  Stopwatch clock;
  clock.start();
  const auto run = start(options, suite, stop);
  if (options.shards > 1) {
    write_plan(plan_path(run->store.output()), plan_lines(plan), suite.name);
    plan = shard_of(plan, options.shard, options.shards);
  }
  return resumably([&] {
    if (options.shards > 1 && !options.fresh) run->leave_to_siblings(plan);
    return run->finish(plan, "") ? run->pack(plan, clock.seconds()) : kStopped;
  });
}

int run_tuned(const Tuning& tuning, const RunSettings& options, const Suite& suite,
              StopRequest& stop) {
  stop.begin_storing();
  Stopwatch clock;
  clock.start();
  const auto run = start(options, suite, stop);
  return resumably([&] {
    std::vector<PlannedTrial> plan = tuning.search();
    if (!run->finish(plan, "search: ")) return kStopped;
    const auto best =
        tuning.final_stage([&](const std::string& id) { return run->store.read(id); });
    if (!run->finish(best, "final: ")) return kStopped;
    plan.insert(plan.end(), best.begin(), best.end());
    return run->pack(plan, clock.seconds());
  });
}

std::string version() { return RAVINE_VERSION; }

}  // namespace ravine
