#pragma once

#include <vector>

#include "ravine/core/memory.hpp"
#include "ravine/export.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {

/// Bytes that a plan takes, by arithmetic: nothing of that size is made.
struct RAVINE_EXPORT MemoryNeed {
  double program = 0;                // the process by itself
  double data = 0;                   // shared by all trials
  double largest_trial = 0;          // in training, without its checkpoint
  std::vector<double> workers = {};  // the largest trials at a time, with checkpoint and record
  double checks = 0;                 // of the suite, computed once the workers have ended

  double total() const;
};

struct TrialBytes {
  double training = 0;
  double checkpoint = 0;  // beside it, while a checkpoint is written
  double record = 0;      // the curve and what is recorded beside it, and the order of examples
};

/// Bytes of one trial that so many threads train, beside the data. Training takes parameters, the
/// optimizer with its state, averages, what is kept to go back to the last step, and the session
/// (batches, activations, derivatives, batch-norm statistics, for the mini-batch and for
/// measurements). The states are those of small layouts, continued by a square polynomial in the
/// number of parameters. A record is that of a trial which makes all its observations.
RAVINE_EXPORT TrialBytes trial_bytes(const Trial& trial, const Problem& problem,
                                     const Catalogs& catalogs, Threads threads = {1});

RAVINE_EXPORT MemoryNeed memory_need(const std::vector<PlannedTrial>& plan, int workers,
                                     const Catalogs& catalogs, double checks_bytes = 0,
                                     Threads threads = {1});

/// What --mem grants, or else (0) available_memory().
RAVINE_EXPORT MemoryLimit memory_limit(double granted_bytes);

/// Throws Error, with the remedy, unless the plan fits into its limit.
RAVINE_EXPORT void check_memory(const std::vector<PlannedTrial>& plan, int workers,
                                double granted_bytes, const Catalogs& catalogs,
                                double checks_bytes = 0, Threads threads = {1});

}  // namespace ravine
