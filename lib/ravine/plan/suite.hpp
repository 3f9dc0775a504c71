#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

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

/// A cross product of factors: every combination becomes a trial. Batch sizes, shuffle, keep_last
/// and divergence that are not given are the problem's own, or else those of any trial.
struct Grid {
  std::vector<std::string> problems;
  std::vector<OptimizerChoice> optimizers;
  std::vector<std::string> schedules = {"constant"};
  std::vector<std::string> initializers = {"he"};
  std::vector<std::string> batch_norms = {"off"};
  std::vector<std::int64_t> batch_sizes = {};
  std::vector<std::int64_t> seeds = {0, 1, 2};
  std::string averaging = "none";  // all averages of one trial side by side
  std::optional<std::string> shuffle = {};
  std::optional<bool> keep_last = {};
  std::optional<std::string> divergence = {};
  std::int64_t epochs = 0, steps = 0;
  std::string observe = "log";
  std::string target = "none";
  std::string record = "none";  // or a list such as "diagnostics, landscapes"
  bool if_data = false;         // problems whose data files are missing are left out
};

/// One experiment: what it asks, and the trials that answer it at each scale.
struct Suite {
  std::string name;      // "optimizers": the program is ravine-optimizers
  std::string question;  // for --help: what it asks and how to read the answer
  std::function<std::vector<Grid>(Scale)> grids;
  Catalogs catalogs = {};
  /// Exact statements, computed anew whenever the suite packs its results: cheap, deterministic.
  std::function<std::vector<Check>()> checks = {};
};

/// `count` values from `low` to `high`, both included exactly, equally spaced in the logarithm;
/// those between are rounded to three significant digits, or as many as tell them apart. Throws
/// Error if no number of digits does.
RAVINE_EXPORT std::vector<double> log_spaced(double low, double high, int count);

}  // namespace ravine
