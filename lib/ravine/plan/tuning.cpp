#include "ravine/plan/tuning.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "ravine/core/environment.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/metrics.hpp"
#include "ravine/results/result_file.hpp"

namespace ravine {
namespace {

// What a setting may be selected by, the preferred metric first.
std::vector<MetricInfo> criteria() {
  std::vector<MetricInfo> all;
  for (const MetricInfo& metric : kMetrics)
    if (metric.selects()) all.push_back(metric);
  std::ranges::sort(all, {}, &MetricInfo::preference);
  return all;
}

std::vector<Cell> labels(const std::string& contest, const char* stage, const char* setting) {
  return {{std::string(kLabels[0]), contest, "", false},
          {std::string(kLabels[1]), std::string(stage), "", false},
          {std::string(kLabels[2]), std::string(setting), "", false}};
}

// The last value that was measured; NaN without one.
double last_value(const TrialRecord& record, std::string_view column) {
  for (const Column& one : record.curve)
    if (one.name == column)
      for (auto value = one.values.rbegin(); value != one.values.rend(); ++value)
        if (!std::isnan(*value)) return *value;
  return std::numeric_limits<double>::quiet_NaN();
}

bool lost(const TrialRecord& record) {
  const std::string& outcome = text_cell(record, "outcome");
  return outcome == outcome_name(Outcome::kDiverged) || outcome == outcome_name(Outcome::kFailed);
}

// Smaller is better.
double cost(const TrialRecord& record, const MetricInfo& criterion) {
  const double value = last_value(record, criterion.name);
  if (lost(record) || !std::isfinite(value)) return std::numeric_limits<double>::infinity();
  return criterion.larger_is_better ? -value : value;
}

std::size_t best_of(const std::vector<TrialRecord>& records) {
  for (const MetricInfo& criterion : criteria()) {
    std::vector<double> costs;
    for (const TrialRecord& record : records) costs.push_back(cost(record, criterion));
    const auto best = std::min_element(costs.begin(), costs.end());
    if (std::isfinite(*best)) return static_cast<std::size_t>(best - costs.begin());
  }
  return 0;
}

// Adds trials that the plan does not have yet.
void add(std::vector<PlannedTrial>& plan, std::set<std::string>& ids, PlannedTrial planned) {
  if (ids.insert(planned.id).second) plan.push_back(std::move(planned));
}

}  // namespace

void Tuning::check_spaces(const std::vector<Grid>& grids, const std::vector<double>& rates,
                          const Search& search, const Catalog<Optimizer>& catalog) {
  std::vector<std::string> all, without;
  for (const Grid& grid : grids)
    for (const OptimizerChoice& choice : grid.optimizers) {
      const std::string& text = choice.optimizer;
      if (std::find(all.begin(), all.end(), text) != all.end()) continue;
      all.push_back(text);
      if (!has_rate_range(text, rates, search, catalog)) without.push_back(text);
    }
  check_search(search, all, catalog);
  if (without.empty()) return;
  fail(
      "{} {} no range for the learning rate, and comparing a single rate with tuned rules would be "
      "unfair: give a range, such as --search \"{}=log(1e-4, 1)\", declare one (kLearningRate), or "
      "name other rules with --optimizer",
      fmt::join(without, ", "), without.size() == 1 ? "declares" : "declare",
      Component::parse(without.front()).name);
}

// A stored trial names one contest, so two of them cannot count the same trial.
void Tuning::refuse_shared_settings() const {
  std::map<std::string, std::string> contest_of;
  for (const Contest& contest : contests_)
    for (const PlannedTrial& candidate : contest.candidates) {
      const auto place = contest_of.emplace(candidate.id, contest.name).first;
      if (place->second != contest.name)
        fail(
            "'{}' and '{}' would both try {} at learning rate {}, which can count for only one of "
            "them: tune them into separate files (--output)",
            place->second, contest.name, candidate.trial.optimizer,
            format_number(candidate.trial.learning_rate));
    }
}

Tuning::Tuning(const std::vector<Grid>& grids, const std::vector<double>& rates,
               const Search& search, Planner& planner, const Catalogs& catalogs)
    : planner_(planner) {
  check_spaces(grids, rates, search, catalogs.optimizers);
  for (const Grid& grid : grids) {
    if (std::find(grid.seed.begin(), grid.seed.end(), kTuningSeed) != grid.seed.end())
      fail("tuning selects with seed {}: report results on other --seeds", kTuningSeed);
    for (const OptimizerChoice& choice : grid.optimizers) {
      const auto tried = settings(choice.optimizer, rates, search, catalogs.optimizers);
      Grid factors = grid;
      factors.optimizers = {{choice.optimizer, {tried.front().learning_rate}}};
      factors.seed = {kTuningSeed};
      for_each_trial(factors, catalogs, [&](Trial trial) {
        Contest contest{choice.optimizer, {}, grid.seed};
        for (const Setting& setting : tried) {
          trial.optimizer = setting.optimizer;
          trial.learning_rate = setting.learning_rate;
          contest.candidates.push_back(planner_.prepare(trial));
          contest.candidates.back().labels =
              labels(contest.name, "search", &setting == &tried.front() ? "default" : "candidate");
        }
        contests_.push_back(std::move(contest));
      });
    }
  }
  if (contests_.empty()) fail("the plan has no trials: every factor needs at least one value");
  refuse_shared_settings();
}

std::vector<PlannedTrial> Tuning::search() const {
  std::vector<PlannedTrial> plan;
  std::set<std::string> ids;
  for (const Contest& contest : contests_)
    for (const PlannedTrial& candidate : contest.candidates) add(plan, ids, candidate);
  return plan;
}

std::vector<PlannedTrial> Tuning::final_stage(const Find& find) const {
  std::vector<PlannedTrial> plan;
  std::set<std::string> ids;
  for (const Contest& contest : contests_) {
    std::vector<TrialRecord> records;
    for (const PlannedTrial& candidate : contest.candidates) {
      auto record = find(candidate.id);
      if (!record)
        fail(
            "the search lacks trial {} of {} (learning rate {}): run --stage search with the same "
            "flags first",
            candidate.id, candidate.trial.optimizer, format_number(candidate.trial.learning_rate));
      records.push_back(std::move(*record));
    }
    add_final(contest, best_of(records), plan, ids);
  }
  return plan;
}

std::vector<PlannedTrial> Tuning::largest_final_stage() const {
  std::vector<PlannedTrial> plan;
  std::set<std::string> ids;
  for (const Contest& contest : contests_)
    add_final(contest, contest.candidates.size() > 1, plan, ids);
  return plan;
}

void Tuning::add_final(const Contest& contest, std::size_t best, std::vector<PlannedTrial>& plan,
                       std::set<std::string>& ids) const {
  const auto run = [&](std::size_t setting, const char* name) {
    for (const std::int64_t seed : contest.seeds) {
      Trial trial = contest.candidates[setting].trial;
      trial.problem = contest.candidates[setting].located;
      trial.seed = seed;
      PlannedTrial planned = planner_.prepare(trial);
      planned.labels = labels(contest.name, "final", name);
      add(plan, ids, std::move(planned));
    }
  };
  if (best == 0) {
    run(0, "tuned default");
  } else {
    run(best, "tuned");
    run(0, "default");
  }
}

std::vector<PlannedTrial> Tuning::final_from(const std::string& path,
                                             const std::string& suite) const {
  ResultsReader reader(path);
  reader.expect_suite(suite);
  // Packed by this build: it has tried whether trials of another one still hold (run/canary).
  const Environment& environment = reader.environment();
  const std::pair<std::string, std::string> mine("build_id", build_id());
  const bool checked = std::find(environment.begin(), environment.end(), mine) != environment.end();
  return final_stage([&](const std::string& id) -> std::optional<TrialRecord> {
    const auto place = reader.find(id);
    if (!place) return std::nullopt;
    if (!checked && reader.build_ids()[*place] != build_id())
      fail(
          "'{}' holds trials of another build ({}, this is {}): run --stage search again, which "
          "tests whether they are still valid",
          path, reader.build_ids()[*place], build_id());
    return reader.record(*place);
  });
}

}  // namespace ravine
