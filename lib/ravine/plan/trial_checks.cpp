#include "ravine/plan/trial_checks.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "ravine/core/text.hpp"
#include "ravine/optim/extra_memory.hpp"

namespace ravine {
namespace {

std::string words(Capabilities capabilities) {
  std::vector<std::string_view> all;
  capabilities.each([&](std::string_view name) { all.push_back(name); });
  return fmt::format("{}", fmt::join(all, " and "));
}

std::size_t most_parameters(const Optimizer& optimizer) {
  const auto* extra = dynamic_cast<const ExtraMemory*>(&optimizer);
  return extra ? extra->most_parameters() : std::numeric_limits<std::size_t>::max();
}

bool works(const Optimizer& optimizer, const Problem& problem) {
  return optimizer.needs().without(problem.offers()).empty() &&
         problem.layout().parameter_count() <= most_parameters(optimizer);
}

std::string optimizers_for(const Problem& problem, const Catalogs& catalogs) {
  std::vector<std::string> names;
  for (const auto& entry : catalogs.optimizers.entries())
    if (works(*catalogs.optimizers.make(entry.name), problem)) names.push_back(entry.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

// Of those that can be made at once: networks on data that is not there are left out.
std::string problems_for(const Optimizer& optimizer, const Catalogs& catalogs) {
  std::vector<std::string> names;
  for (const auto& entry : catalogs.problems.entries()) {
    try {
      if (works(optimizer, *catalogs.make_problem(entry.name))) names.push_back(entry.name);
    } catch (const Error&) {
      continue;
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void check_pair(const Trial& trial, const Problem& problem, const Catalogs& catalogs) {
  const auto optimizer = catalogs.optimizers.make(trial.optimizer);
  if (works(*optimizer, problem)) return;
  // Its arguments matter only where without them it would work.
  const std::string name = Component::parse(trial.optimizer).name;
  const std::string shown =
      works(*catalogs.optimizers.make(name), problem) ? trial.optimizer : name;
  const Capabilities missing = optimizer->needs().without(problem.offers());
  if (!missing.empty())
    fail(
        "optimizer '{}' needs {}, which problem '{}' does not offer: give it another problem ({}) "
        "or this problem another optimizer ({})",
        shown, words(missing), trial.problem, problems_for(*optimizer, catalogs),
        optimizers_for(problem, catalogs));
  fail(
      "optimizer '{}' takes at most {} parameters, but problem '{}' has {}: give it a smaller "
      "problem or this problem another optimizer ({})",
      shown, most_parameters(*optimizer), trial.problem, problem.layout().parameter_count(),
      optimizers_for(problem, catalogs));
}

void ScheduleChecks::check(const Trial& trial, std::int64_t total_steps, const Catalogs& catalogs) {
  if (total_steps < 1) return;
  constexpr double kMost = std::numeric_limits<Real>::max();
  const Range& range = range_of(trial.schedule, total_steps, catalogs);
  for (const Value& at : {range.least, range.most}) {
    const double rate = trial.learning_rate * at.value;
    if (!(rate >= 0 && rate <= kMost))
      fail(
          "the learning rate at step {} is {}, {} times the {} of schedule '{}': it must be in "
          "[0, {}]",
          at.step, format_number(rate), format_number(trial.learning_rate), format_number(at.value),
          trial.schedule, format_number(kMost));
  }
  check_fields(trial.optimizer, total_steps, catalogs);
}

void ScheduleChecks::check_fields(const std::string& text, std::int64_t total_steps,
                                  const Catalogs& catalogs) {
  const Component component = Component::parse(text);
  for (const AnyCatalog::Held& one : catalogs.optimizers.held(component)) {
    if (!one.field.numeric) {
      check_fields(one.text, total_steps, catalogs);
      continue;
    }
    const Range& range = range_of(one.text, total_steps, catalogs);
    for (const Value& at : {range.least, range.most}) {
      const std::string what =
          fmt::format("{}({}) at step {}", component.name, one.field.key, at.step);
      check_range(what, at.value, one.field.rule);
      check_precision(what, at.value);
    }
  }
}

const ScheduleChecks::Range& ScheduleChecks::range_of(const std::string& schedule,
                                                      std::int64_t total_steps,
                                                      const Catalogs& catalogs) {
  const auto [place, is_new] = ranges_.try_emplace({schedule, total_steps});
  if (!is_new) return place->second;
  const auto shape = catalogs.schedules.make(schedule);
  Range& range = place->second;
  const std::int64_t looks = std::min(total_steps, kDense);
  for (std::int64_t i = 0; i < looks; ++i) {
    const double share =
        static_cast<double>(i) / static_cast<double>(std::max<std::int64_t>(1, looks - 1));
    const std::int64_t step = looks == total_steps
                                  ? i + 1
                                  : 1 + std::llround(share * static_cast<double>(total_steps - 1));
    const Value at = {shape->value(step, total_steps), step};
    if (i == 0) range = {at, at};
    // A value that is not a number is neither less nor more: it must not get lost.
    if (!(at.value >= range.least.value)) range.least = at;
    if (!(at.value <= range.most.value)) range.most = at;
  }
  return range;
}

}  // namespace ravine
