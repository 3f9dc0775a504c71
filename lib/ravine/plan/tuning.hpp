#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/plan/search_space.hpp"
#include "ravine/plan/suite.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// The seed of every trial of a search: none of the seeds on which results are reported.
inline constexpr std::int64_t kTuningSeed = 1'000'000;

/// Tuning as two static plans, so that shards, --list and merge work on each.
///
/// For every optimizer of a grid and every combination of its other factors there is one contest.
///   search  its settings (search_space.hpp), the same number for each optimizer, run with
///           kTuningSeed
///   final   the setting with the best final validation metric, and the untuned rule beside it, run
///           with the grid's seeds
/// The metric is the first that was measured of validation accuracy, validation loss and objective;
/// a diverged or failed trial is worse than any other, the earlier of two equal ones wins.
///
/// Trials carry the labels contest (what was asked for, such as "adam"), stage (search or final)
/// and setting (default, candidate, tuned, or "tuned default" where nothing beats the default).
/// Labels are cells of the result file and outside a trial's identity: another optimizer, or a
/// larger budget of a random search, reuses what is stored.
class RAVINE_EXPORT Tuning {
 public:
  /// `rates`, if not empty, replace the learning rates that optimizers declare. Throws Error for
  /// anything unknown, for a rule without a range of its learning rate, for two contests that would
  /// share a trial, and if the grids use kTuningSeed.
  Tuning(const std::vector<Grid>& grids, const std::vector<double>& rates, const Search& search,
         Planner& planner, const Catalogs& catalogs);

  std::vector<PlannedTrial> search() const;

  /// As large as the final stage can be, for estimates: every default loses to the next setting.
  std::vector<PlannedTrial> largest_final_stage() const;

  using Find = std::function<std::optional<TrialRecord>(const std::string& id)>;
  /// The final stage after a search whose trials `find` knows. Throws Error if some are missing.
  std::vector<PlannedTrial> final_stage(const Find& find) const;
  /// The same from the result file of a search by this build. Throws Error for anything else.
  std::vector<PlannedTrial> final_from(const std::string& path, const std::string& suite) const;

 private:
  struct Contest {
    std::string name;
    std::vector<PlannedTrial> candidates;
    std::vector<std::int64_t> seeds;
  };

  static void check_spaces(const std::vector<Grid>& grids, const std::vector<double>& rates,
                           const Search& search, const Catalog<Optimizer>& catalog);
  void refuse_shared_settings() const;
  void add_final(const Contest& contest, std::size_t best, std::vector<PlannedTrial>& plan,
                 std::set<std::string>& ids) const;

  std::vector<Contest> contests_;
  Planner& planner_;
};

}  // namespace ravine
