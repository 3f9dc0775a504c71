#include "ravine/train/observation.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "ravine/core/catalog.hpp"

namespace ravine {
namespace {

struct LogSteps {
  static constexpr std::string_view kName = "log";
  template <class F>
  void fields(F&&) {}
  std::vector<std::int64_t> steps(std::int64_t total, std::int64_t steps_per_epoch) const {
    std::vector<std::int64_t> steps;
    for (std::int64_t step = 1; step < total; step *= 2) steps.push_back(step);
    for (std::int64_t step = steps_per_epoch; step < total; step += steps_per_epoch)
      steps.push_back(step);
    return steps;
  }
  std::int64_t most(std::int64_t total, std::int64_t steps_per_epoch) const {
    return total / steps_per_epoch + std::numeric_limits<std::int64_t>::digits;
  }
};

struct EvenSteps {
  static constexpr std::string_view kName = "even";
  std::int64_t count = 50;
  template <class F>
  void fields(F&& field) {
    field("count", count, "[1, 1000000]", "observations after step 0");
  }
  std::vector<std::int64_t> steps(std::int64_t total, std::int64_t) const {
    std::vector<std::int64_t> steps;
    for (std::int64_t i = 1; i < count; ++i)
      steps.push_back(total / count * i + total % count * i / count);
    return steps;
  }
  std::int64_t most(std::int64_t, std::int64_t) const { return count; }
};

// The analytic functions count one "epoch" per step; a curve has no use for every one of them.
constexpr std::int64_t kLeastStepsPerEpoch = 2;
constexpr std::int64_t kMostObservations = 1'000'000;

using Steps = std::vector<std::int64_t>;

struct StepPlan {
  std::function<Steps(std::int64_t, std::int64_t)> steps;
  std::function<std::int64_t(std::int64_t, std::int64_t)> most;  // how many, at most
};

template <class T>
CatalogEntry<StepPlan> row(std::string summary) {
  return catalog_entry<StepPlan, T>(std::move(summary), "", [](T object) {
    return std::make_unique<StepPlan>(StepPlan{
        [object](std::int64_t total, std::int64_t epoch) { return object.steps(total, epoch); },
        [object](std::int64_t total, std::int64_t epoch) { return object.most(total, epoch); }});
  });
}

Catalog<StepPlan> observations() {
  Catalog<StepPlan> catalog("observation plan");
  catalog.add(row<LogSteps>("powers of two, the end of every epoch"));
  catalog.add(row<EvenSteps>("equally spaced"));
  return catalog;
}

}  // namespace

std::vector<std::int64_t> observation_steps(std::string_view observe, std::int64_t total_steps,
                                            std::int64_t steps_per_epoch) {
  if (steps_per_epoch < kLeastStepsPerEpoch) steps_per_epoch = total_steps;
  Steps steps = observations().make(observe)->steps(total_steps, steps_per_epoch);
  steps.push_back(0);
  steps.push_back(total_steps);
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  return steps;
}

void check_observations(std::string_view observe, std::int64_t total_steps,
                        std::int64_t steps_per_epoch) {
  if (steps_per_epoch < kLeastStepsPerEpoch) steps_per_epoch = total_steps;
  const std::int64_t most = observations().make(observe)->most(total_steps, steps_per_epoch);
  if (most > kMostObservations)
    fail(
        "a budget of {} updates with --observe {} would measure a curve about {} times, but the "
        "limit is {}: lower it, or write --observe \"even(count=50)\"",
        total_steps, observe, most, kMostObservations);
}

std::string canonical_observation(std::string_view observe) {
  return observations().canonical(observe);
}

double divergence_factor(std::string_view divergence) {
  if (divergence == "never") return std::numeric_limits<double>::infinity();
  double factor = 0;
  try {
    factor = parse_double(divergence, "divergence");
    check_range("divergence", factor, "(1, inf)");
  } catch (const Error&) {
    fail("divergence is '{}': write never, or a factor above 1 such as 1e4", divergence);
  }
  return factor;
}

std::string canonical_divergence(std::string_view divergence) {
  return divergence == "never" ? "never" : format_number(divergence_factor(divergence));
}

Target Target::parse(std::string_view text) {
  const auto sign = text.find_first_of("<>");
  if (sign == std::string_view::npos || text.substr(sign + 1, 1) != "=")
    fail("target is '{}': write none or metric>=number or metric<=number", text);
  Target target;
  target.metric = std::string(trim(text.substr(0, sign)));
  target.at_least = text[sign] == '>';
  target.bound = parse_double(text.substr(sign + 2), "the bound of the target");
  check_range("the bound of the target", target.bound, "");
  std::vector<std::string> known;
  for (const MetricInfo& column : kMetrics) known.emplace_back(column.name);
  if (std::find(known.begin(), known.end(), target.metric) == known.end())
    fail("unknown metric '{}' in the target{}: choose one of {}", target.metric,
         did_you_mean(target.metric, known), fmt::join(known, ", "));
  if (target.metric.ends_with("accuracy") && !(target.bound >= 0 && target.bound <= 1))
    fail("the target is '{}', but accuracies are fractions from 0 to 1: write {}{}=0.97, say", text,
         target.metric, text[sign]);
  return target;
}

std::string Target::text() const {
  return metric + (at_least ? ">=" : "<=") + format_number(bound);
}

bool Target::reached(const Metrics& metrics) const {
  for (const MetricInfo& column : kMetrics)
    if (column.name == metric) {
      const double value = metrics.*column.value;
      return at_least ? value >= bound : value <= bound;
    }
  return false;
}

void check_target(std::string_view target, const Problem& problem, std::string_view name) {
  if (target == "none") return;
  const std::string metric = Target::parse(target).metric;
  const std::vector<std::string_view> measured = problem.metrics();
  if (std::find(measured.begin(), measured.end(), metric) == measured.end())
    fail("the target '{}' can never be reached: {} measures only {}; name one of these", target,
         name, fmt::join(measured, ", "));
}

}  // namespace ravine
