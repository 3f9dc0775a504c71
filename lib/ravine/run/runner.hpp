#pragma once

#include <string>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/plan/suite.hpp"
#include "ravine/plan/tuning.hpp"
#include "ravine/run/run_settings.hpp"

namespace ravine {

class StopRequest;

/// Prints one line per trial.
int list_plan(const std::vector<PlannedTrial>& plan);

/// Prints the number of trials, their work, memory and estimated time on this machine.
int estimate_plan(const std::vector<PlannedTrial>& plan, const RunSettings& options,
                  const Suite& suite);

/// Runs what is not finished of a plan, or of this shard of it, packs the result file and removes
/// the spool. Returns the exit code.
int run_plan(std::vector<PlannedTrial> plan, const RunSettings& options, const Suite& suite,
             StopRequest& stop);

/// Runs the search of a tuned run, then its final stage, and packs both into one file. Returns the
/// exit code.
int run_tuned(const Tuning& tuning, const RunSettings& options, const Suite& suite,
              StopRequest& stop);

/// The version of the library, "0.1.0".
RAVINE_EXPORT std::string version();

}  // namespace ravine
