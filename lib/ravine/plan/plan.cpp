#include "ravine/plan/plan.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_set>
#include <utility>

#include "ravine/core/trial_fields.hpp"
#include "ravine/data/batches.hpp"
#include "ravine/data/data_name.hpp"
#include "ravine/data/file_catalog.hpp"
#include "ravine/train/observation.hpp"
#include "ravine/train/recording.hpp"

namespace ravine {
namespace {

// What the problem says of a trial, else what any trial has.
Trial trial_of(const std::string& problem, const Catalogs& catalogs) {
  Trial trial;
  each_of_both(trial, catalogs.problems.make(problem)->trial_defaults(),
               [](const char*, auto& value, const auto& own, const FieldUse&) {
                 if (own) value = *own;
               });
  trial.problem = problem;
  return trial;
}

// One loop of a cross product: calls what is inside it for each of its values.
using Loop = std::function<void(const std::function<void()>& inside)>;

void run(const std::vector<Loop>& loops, std::size_t outer, const std::function<void()>& inside) {
  if (outer == loops.size()) return inside();
  loops[outer]([&] { run(loops, outer + 1, inside); });
}

std::size_t training_examples(const Problem& problem) {
  return problem.train_end() - problem.train_begin();
}

constexpr std::int64_t kMostSteps = 1'000'000'000'000;
constexpr double kMostTrials = 1e6;

std::int64_t budget_steps(const Trial& trial, std::int64_t steps_per_epoch) {
  std::int64_t steps = trial.steps;
  const bool overflows =
      trial.epochs > 0 && __builtin_mul_overflow(trial.epochs, steps_per_epoch, &steps);
  if (overflows || steps > kMostSteps)
    fail("a budget of {} {} exceeds {} updates: lower it",
         trial.epochs > 0 ? trial.epochs : trial.steps, trial.epochs > 0 ? "epochs" : "steps",
         kMostSteps);
  return steps;
}

// Results name a data file without its folder: the digest of its content tells it from others.
std::string without_folders(const std::string& problem) {
  Component component = Component::parse(problem);
  for (auto& [key, value] : component.arguments)
    if (key == "data") value = data_file_name(value);
  return component.text();
}

}  // namespace

void for_each_trial(const Grid& grid, const Catalogs& catalogs,
                    const std::function<void(const Trial&)>& f) {
  Trial trial;
  const OptimizerChoice* rule = nullptr;
  std::vector<Loop> loops;
  std::vector<Loop> innermost;
  each_of_both(trial, grid,
               [&](std::string_view name, auto& value, const auto& list, const FieldUse& use) {
                 if (name == "problem") return;
                 auto& loop = (use.role == Role::kReplicate ? innermost : loops).emplace_back();
                 loop = [&value, &list](const auto& inside) {
                   const auto own = value;
                   for (const auto& one : list) {
                     value = one;
                     inside();
                   }
                   value = own;
                   if (list.empty()) inside();
                 };
                 if (name == "optimizer")
                   loop = [&](const auto& inside) {
                     for (const OptimizerChoice& choice : grid.optimizers) {
                       rule = &choice;
                       trial.optimizer = choice.optimizer;
                       inside();
                     }
                   };
                 if (name == "learning_rate")
                   loop = [&](const auto& inside) {
                     for (const double rate : rule->learning_rates) {
                       trial.learning_rate = rate;
                       inside();
                     }
                   };
               });
  loops.insert(loops.end(), innermost.begin(), innermost.end());
  for (const std::string& problem : grid.problem) {
    trial = trial_of(problem, catalogs);
    run(loops, 0, [&] { f(trial); });
  }
}

Planner::Planner(std::string data_directory, const Catalogs& catalogs)
    : data_directory_(std::move(data_directory)), catalogs_(catalogs) {}

// Seeds come innermost: all but the seed of a trial is mostly that of the one before it.
PlannedTrial Planner::prepare(const Trial& raw) {
  last_raw_.seed = raw.seed;
  if (!last_.problem || !(raw == last_raw_) || raw.seed < 0) {
    last_ = prepare_anew(raw);
    last_raw_ = raw;
    return last_;
  }
  last_.trial.seed = raw.seed;
  last_.spec = trial_spec(last_.trial, last_.problem->data_digest(), catalogs_);
  last_.id = trial_id(last_.spec);
  return last_;
}

std::vector<std::string> Planner::understood() const {
  std::set<std::string> lines;
  for (const auto& problem : problems_)
    if (problem.second) lines.insert(problem.second->data_understood());  // else it was refused
  lines.erase("");
  return {lines.begin(), lines.end()};
}

PlannedTrial Planner::prepare_anew(const Trial& raw) {
  PlannedTrial planned;
  planned.trial = canonical(raw, catalogs_);
  Trial& trial = planned.trial;
  auto& problem = problems_[{trial.problem, trial.batch_norm}];
  if (!problem) problem = catalogs_.make_problem(trial.problem, trial.batch_norm, data_directory_);
  planned.problem = problem;
  check_recording(trial.record, *problem);
  check_pair(trial, *problem, catalogs_);
  check_target(trial.target, *problem, trial.problem);
  // A function has no examples to batch: its one "example" is the full batch.
  const std::size_t examples = training_examples(*problem);
  if (examples == 1) trial.batch_size = 0;
  const BatchSampler sampler({problem->train_begin(), problem->train_end()},
                             sampling(trial, *problem), 0);
  planned.total_steps = budget_steps(trial, sampler.steps_per_epoch());
  schedule_checks_.check(trial, planned.total_steps, catalogs_);
  check_observations(trial.observe, planned.total_steps, sampler.steps_per_epoch());
  const double batch = static_cast<double>(trial.batch_size ? trial.batch_size : examples);
  planned.gigaflops =
      problem->flops_per_example() * batch * static_cast<double>(planned.total_steps) * 1e-9;
  planned.located = std::exchange(trial.problem, without_folders(trial.problem));
  const std::string digest = problem->data_digest();
  if (contents_.try_emplace(trial.problem, digest).first->second != digest)
    fail(
        "{} names two files with different contents: results name a file without its folder; "
        "rename one of them",
        trial.problem);
  planned.spec = trial_spec(trial, digest, catalogs_);
  planned.id = trial_id(planned.spec);
  return planned;
}

void check_plan_size(const std::vector<Grid>& grids, std::optional<int> settings) {
  double trials = 0;
  for (const Grid& grid : grids) {
    double factors = 1, rates = 0;
    grid.each([&](const char*, const auto& list, const char*, const char*, const FieldUse& use) {
      if (use.role != Role::kReplicate)
        factors *= static_cast<double>(std::max<std::size_t>(1, list.size()));
    });
    const auto seeds = static_cast<double>(grid.seed.size());
    for (const OptimizerChoice& choice : grid.optimizers)
      rates += settings ? *settings + 2 * seeds
                        : static_cast<double>(choice.learning_rates.size()) * seeds;
    trials += factors * rates;
  }
  if (trials > kMostTrials)
    fail(
        "the plan has {:.0f} trials, the product of all its lists, but the limit is {:.0f}: "
        "shorten one",
        trials, kMostTrials);
}

std::vector<PlannedTrial> make_plan(const std::vector<Grid>& grids,
                                    const std::string& data_directory, const Catalogs& catalogs) {
  Planner planner(data_directory, catalogs);
  return make_plan(grids, planner);
}

std::vector<std::string> leave_out_missing_data(std::vector<Grid>& grids, Planner& planner) {
  std::vector<std::string> missing;
  const auto is_missing = [&](const std::string& problem) {
    Trial any;
    any.problem = problem;
    any.batch_size = 0;
    any.steps = 1;
    try {
      planner.prepare(any);
      return false;
    } catch (const MissingData&) {
      missing.push_back(problem);
      return true;
    }
  };
  for (Grid& grid : grids)
    if (grid.if_data) std::erase_if(grid.problem, is_missing);
  return missing;
}

std::vector<PlannedTrial> make_plan(const std::vector<Grid>& grids, Planner& planner) {
  std::vector<PlannedTrial> plan;
  std::unordered_set<std::string> ids;
  for (const Grid& grid : grids)
    for_each_trial(grid, planner.catalogs(), [&](const Trial& raw) {
      PlannedTrial planned = planner.prepare(raw);
      if (ids.insert(planned.id).second) plan.push_back(std::move(planned));
    });
  if (plan.empty()) fail("the plan has no trials: every factor needs at least one value");
  return plan;
}

std::vector<PlannedTrial> shard_of(const std::vector<PlannedTrial>& plan, int index, int count) {
  std::vector<std::size_t> order(plan.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return plan[a].gigaflops > plan[b].gigaflops;
  });
  std::vector<double> work(static_cast<std::size_t>(count), 0.0);
  std::vector<std::size_t> mine;
  for (const std::size_t trial : order) {
    const auto least = std::min_element(work.begin(), work.end());
    // Trials of unknown cost count as one, so that they spread, too.
    *least += std::max(plan[trial].gigaflops, 1e-6);
    if (least - work.begin() == index) mine.push_back(trial);
  }
  std::sort(mine.begin(), mine.end());
  std::vector<PlannedTrial> part;
  for (const std::size_t trial : mine) part.push_back(plan[trial]);
  return part;
}

}  // namespace ravine
