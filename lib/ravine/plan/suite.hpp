#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ravine/core/trial_fields.hpp"
#include "ravine/export.hpp"
#include "ravine/results/check.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/trial.hpp"

namespace ravine {

enum class Scale { kQuick, kStandard, kPaper };

/// An optimizer with the learning rates at which a grid tries it.
struct OptimizerChoice {
  std::string optimizer;
  std::vector<double> learning_rates;
};

/// A cross product of factors: every combination becomes a trial. Where a list is empty, the
/// problem's own value counts, or else that of any trial. Of `optimizer` and `learning_rate` the
/// lists stay empty: `optimizers` has both, since rates belong to a rule.
struct Grid : TrialLists {
  Grid() { seed = {0, 1, 2}; }

  std::vector<OptimizerChoice> optimizers;
  bool if_data = false;  // problems whose data files are missing are left out
};

/// One experiment: what it asks, and the trials that answer it at each scale.
struct Suite {
  std::string name;      // "optimizers": the program is ravine-optimizers
  std::string question;  // for --help: what it asks and how to read the answer
  std::function<std::vector<Grid>(Scale)> grids;
  Catalogs catalogs = {};
  /// Exact statements, computed anew whenever the suite packs its results: cheap, deterministic.
  std::function<std::vector<Check>()> checks = {};
  double checks_bytes = 0;  // what the checks take at a time, where it is more than trials do
};

/// `count` values from `low` to `high`, both included exactly, equally spaced in the logarithm;
/// those between are rounded to three significant digits, or as many as tell them apart. Throws
/// Error if no number of digits does.
RAVINE_EXPORT std::vector<double> log_spaced(double low, double high, int count);

}  // namespace ravine
