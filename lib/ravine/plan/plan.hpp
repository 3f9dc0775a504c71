#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/plan/suite.hpp"
#include "ravine/plan/trial_checks.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// A trial that is ready to run: its problem is loaded, its spec and id are known.
struct PlannedTrial {
  Trial trial;          // canonical, its data file without a folder
  std::string located;  // its problem as it was asked for, with the folder: for prepare()
  std::shared_ptr<const Problem> problem;
  std::string spec, id;
  std::int64_t total_steps = 0;
  double gigaflops = 0;           // estimated work of training
  std::vector<Cell> labels = {};  // what the trial is for, outside its identity (plan/tuning)
};

/// Every combination of a grid, seeds innermost: results of one configuration stay together.
/// What it leaves open is the problem's own.
RAVINE_EXPORT void for_each_trial(const Grid& grid, const Catalogs& catalogs,
                                  const std::function<void(const Trial&)>& f);

/// Makes trials ready to run; each problem is made once and shared.
class RAVINE_EXPORT Planner {
 public:
  /// `catalogs` must outlive the planner.
  Planner(std::string data_directory, const Catalogs& catalogs);
  Planner(std::string data_directory, const Catalogs&& catalogs) = delete;
  /// Throws Error for anything unknown or out of range, and for pairs of optimizer and problem that
  /// cannot work, and for two data files of one name with different contents.
  PlannedTrial prepare(const Trial& raw);
  /// How each own data file was read, one line for each way.
  std::vector<std::string> understood() const;
  const Catalogs& catalogs() const { return catalogs_; }

 private:
  PlannedTrial prepare_anew(const Trial& raw);

  std::string data_directory_;
  const Catalogs& catalogs_;
  ScheduleChecks schedule_checks_;
  Trial last_raw_;
  PlannedTrial last_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Problem>> problems_;
  std::map<std::string, std::string> contents_;  // digest of the data by the problem's stored text
};

/// Drops from grids with `if_data` the problems whose data files are missing; returns those.
RAVINE_EXPORT std::vector<std::string> leave_out_missing_data(std::vector<Grid>& grids,
                                                              Planner& planner);

/// Throws Error if the grids have more trials than any run, before one of them is made; in a tuned
/// run with so many settings per optimizer and a final stage of two.
RAVINE_EXPORT void check_plan_size(const std::vector<Grid>& grids, std::optional<int> settings);

/// Expands grids into trials in a deterministic order; equal trials appear once. Each problem is
/// made once. Throws Error for anything unknown or out of range.
RAVINE_EXPORT std::vector<PlannedTrial> make_plan(const std::vector<Grid>& grids, Planner& planner);
RAVINE_EXPORT std::vector<PlannedTrial> make_plan(const std::vector<Grid>& grids,
                                                  const std::string& data_directory,
                                                  const Catalogs& catalogs);

/// The names of all labels that a trial may carry.
inline constexpr std::array<std::string_view, 3> kLabels = {"contest", "stage", "setting"};

/// Gives a record these labels in place of those that another command gave it. A trial keeps its
/// bits, but not what it was for.
RAVINE_EXPORT void set_labels(TrialRecord& record, const std::vector<Cell>& labels);

/// The row of a planned trial up to its outcome: factors, rate, batch, seed, every component
/// parameter ("optimizer_beta", ...) and its labels.
RAVINE_EXPORT std::vector<Cell> describe(const PlannedTrial& planned, const Catalogs& catalogs);

/// Part `index` of `count` (from 0) of a plan, in plan order: a pure function of the plan, with the
/// estimated work balanced, longest trials first to the part with the least.
RAVINE_EXPORT std::vector<PlannedTrial> shard_of(const std::vector<PlannedTrial>& plan, int index,
                                                 int count);

}  // namespace ravine
