#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/run/search_space.hpp"
#include "ravine/run/suite.hpp"

namespace ravine {

/// What a tuned run does now: the two stages one after the other, or one of them.
enum class Stage { kBoth, kSearch, kFinal };

/// What a user asked of a suite on the command line or in a config file. An empty list leaves that
/// factor of the suite's grids as it is.
struct SuiteOptions {
  Scale scale = Scale::kStandard;
  std::vector<std::string> problems, optimizers, schedules, initializers, batch_norms;
  std::optional<std::string> averaging, shuffle, divergence, observe, target, record;
  std::vector<double> learning_rates;
  std::vector<std::int64_t> batch_sizes, seeds;
  std::optional<bool> keep_last;
  std::optional<std::int64_t> epochs, steps;

  std::string output, data_directory;
  int workers = 0, threads = 1;  // workers 0: one per available core
  double time_limit_seconds = 0, checkpoint_every_seconds = 60;
  int shard = 0, shards = 1;  // this process runs part `shard` of `shards`
  bool fresh = false;
  double memory_bytes = 0;  // that --mem grants; 0: what machine, control group and Slurm leave

  std::optional<Search> tune;  // with its stage, and the file of the search for the final one
  Stage stage = Stage::kBoth;
  std::string from;
};

/// The suite's grids with the user's lists in place of its own. `--problem` keeps the first grid as
/// the template for all problems. An optimizer that the suite tries keeps the suite's learning
/// rates unless the user gives some; any other one gets as many as the suite gives its own: half
/// decades around the customary rate that the rule declares, or else from 1e-4 to 1.
RAVINE_EXPORT std::vector<Grid> apply(const SuiteOptions& options, std::vector<Grid> grids,
                                      const Catalog<Optimizer>& catalog);
/// The optimizers of an untuned run whose rates nobody chose: neither the user nor the suite (its
/// `grids`, before apply()) nor the rule.
RAVINE_EXPORT std::vector<std::string> without_own_rates(const SuiteOptions& options,
                                                         const std::vector<Grid>& grids,
                                                         const Catalog<Optimizer>& catalog);

// The little languages of the list flags; each throws Error with an example of what is meant.

/// "0.1, 0.01" or "log(1e-4, 1, 9)".
RAVINE_EXPORT std::vector<double> parse_learning_rates(std::string_view text);
/// "3" is 0, 1, 2; "5:8" is 5, 6, 7.
RAVINE_EXPORT std::vector<std::int64_t> parse_seeds(std::string_view text);
/// "32, 128" or "full" (0).
RAVINE_EXPORT std::vector<std::int64_t> parse_batch_sizes(std::string_view text);
/// "0/4": part 0 of 4.
RAVINE_EXPORT std::pair<int, int> parse_shard(std::string_view text);
/// "results/x.h5" of part 0 of 4 is "results/x.shard-0-of-4.h5".
RAVINE_EXPORT std::string shard_output(const std::string& output, int shard, int shards);
/// The other way round: of "results/x.shard-0-of-4.h5", or its spool, "results/x.h5". What is not a
/// shard stays as it is, but for the ending of a spool.
RAVINE_EXPORT std::filesystem::path whole_output(const std::filesystem::path& part);
/// "results/x.h5" of the stage search is "results/x.search.h5".
RAVINE_EXPORT std::string stage_output(const std::string& output, Stage stage);
RAVINE_EXPORT Search::Method parse_method(std::string_view text);
RAVINE_EXPORT Stage parse_stage(std::string_view text);
RAVINE_EXPORT Scale parse_scale(std::string_view text);
/// "true", "yes", "on" and "1", or their opposites; nothing for anything else.
RAVINE_EXPORT std::optional<bool> read_switch(std::string_view text);
RAVINE_EXPORT bool parse_switch(std::string_view text, std::string_view flag);
/// "90", "100ms", "15m", "2h" in seconds.
RAVINE_EXPORT double parse_duration(std::string_view text, std::string_view flag);
/// Throws Error for a path that cannot become a result file, before anything is trained for it.
RAVINE_EXPORT void check_output(const std::string& output, const std::string& suite);

}  // namespace ravine
