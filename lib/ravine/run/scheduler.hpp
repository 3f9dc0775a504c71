#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <vector>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/run/plan.hpp"
#include "ravine/run/record.hpp"

namespace ravine {

/// How far a set of trials has come; read it from any thread.
struct Progress {
  std::atomic<std::size_t> done = 0, running = 0, diverged = 0, failed = 0;
  std::atomic<double> gigaflops_done = 0;
};

/// Trains one planned trial and describes it. An exception becomes outcome failed with its message.
/// Returns false if `stop` ended it early; `record` is then untouched.
RAVINE_EXPORT bool run_trial(const PlannedTrial& planned, const Catalogs& catalogs, Threads threads,
                             const std::atomic<bool>& stop, Progress& progress,
                             TrialRecord& record);

/// Runs trials on `workers` threads, the most expensive first so that the last ones end together.
/// `finished` is called once per finished trial, by one worker at a time. If it throws, the others
/// stop and the exception is rethrown here. Results do not depend on the number of workers.
RAVINE_EXPORT void run_trials(const std::vector<const PlannedTrial*>& trials,
                              const Catalogs& catalogs, int workers, Threads threads,
                              std::atomic<bool>& stop, Progress& progress,
                              const std::function<void(const TrialRecord&)>& finished);

}  // namespace ravine
