#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// How far a set of trials has come; read it from any thread.
struct Progress {
  std::atomic<std::size_t> done = 0, running = 0, diverged = 0, failed = 0;
  std::atomic<double> gigaflops_done = 0;
};

/// How trials are run; nothing of it reaches a result bit.
struct RunOptions {
  int workers = 1;
  Threads threads = {};
  /// Where unfinished trials leave <id>.checkpoint; empty for none.
  std::filesystem::path checkpoints = {};
  double checkpoint_every_seconds = 60;
  /// Hears of checkpoints that could not be used: one sentence each, from any thread.
  std::function<void(const std::string&)> warn = {};
  /// Called before a checkpoint is stored; it throws if nothing may be written any more.
  std::function<void()> before_writing = {};
};

/// Trains one planned trial, from its checkpoint if there is one, and describes it. An exception
/// becomes outcome failed with its message, except for an error of the environment
/// (io/failures.hpp), which says nothing of the trial and is thrown on. Returns false if `stop`
/// ended it early, with a checkpoint; `record` is then untouched. A damaged checkpoint is set aside
/// as <name>.damaged; the trial then starts anew, as it does beside one of another build.
RAVINE_EXPORT bool run_trial(const PlannedTrial& planned, const Catalogs& catalogs,
                             const RunOptions& options, const std::atomic<bool>& stop,
                             Progress& progress, TrialRecord& record);

/// Runs trials on several workers, the most expensive first so that the last ones end together.
/// `finished` is called once per finished trial, by one worker at a time. If it throws, the others
/// stop and the exception is rethrown here. Results do not depend on the number of workers.
RAVINE_EXPORT void run_trials(const std::vector<const PlannedTrial*>& trials,
                              const Catalogs& catalogs, const RunOptions& options,
                              std::atomic<bool>& stop, Progress& progress,
                              const std::function<void(const TrialRecord&)>& finished);

}  // namespace ravine
