#include "ravine/plan/choices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ravine/core/component.hpp"
#include "ravine/core/portable.hpp"

namespace ravine {
namespace {

// Through text, so that the value is exactly the number a user would type.
double rounded(double rate, int digits) {
  return parse_double(fmt::format("{:.{}g}", rate, digits), "a learning rate");
}

// The rates at which the suite tries this optimizer, by its text or else by its rule; none for a
// rule that it does not try.
const std::vector<double>* suite_rates(const std::string& optimizer, const Grid& grid,
                                       const Catalog<Optimizer>& catalog) {
  for (const OptimizerChoice& choice : grid.optimizers)
    if (choice.optimizer == optimizer) return &choice.learning_rates;
  for (const OptimizerChoice& choice : grid.optimizers)
    if (catalog.outline(choice.optimizer) == catalog.outline(optimizer))
      return &choice.learning_rates;
  return nullptr;
}

// As many rates as the suite gives its own rules, so that none has more attempts than another:
// half decades around what the rule declares as customary, as suites choose them.
std::vector<double> rates_for(const std::string& optimizer, const Grid& grid,
                              const Catalog<Optimizer>& catalog) {
  if (const auto* rates = suite_rates(optimizer, grid, catalog)) return *rates;
  std::size_t most = 1;
  for (const OptimizerChoice& choice : grid.optimizers)
    most = std::max(most, choice.learning_rates.size());
  const int count = static_cast<int>(most);
  const RateRange declared = catalog.learning_rate(optimizer);
  if (declared.search.empty()) return log_spaced(1e-4, 1, count);
  const double low = declared.customary * portable_power(10, -0.5 * ((count - 1) / 2));
  const double high = low * portable_power(10, 0.5 * (count - 1));
  return log_spaced(rounded(low, 3), rounded(high, 3), count);
}

}  // namespace

std::vector<std::string> without_own_rates(const TrialLists& choices,
                                           const std::vector<Grid>& grids,
                                           const Catalog<Optimizer>& catalog) {
  std::vector<std::string> names;
  if (!choices.learning_rate.empty()) return names;
  for (const std::string& text : choices.optimizer) {
    const auto tried = [&](const Grid& grid) {
      return suite_rates(text, grid, catalog) != nullptr;
    };
    if (catalog.learning_rate(text).search.empty() &&
        !std::all_of(grids.begin(), choices.problem.empty() ? grids.end() : grids.begin() + 1,
                     tried))
      names.push_back(text);
  }
  return names;
}

std::vector<Grid> apply(const TrialLists& choices, std::vector<Grid> grids,
                        const Catalog<Optimizer>& catalog) {
  if (!choices.problem.empty()) grids.resize(1);
  for (Grid& grid : grids) {
    if (!choices.optimizer.empty()) {
      std::vector<OptimizerChoice> tried;
      for (const std::string& text : choices.optimizer)
        tried.push_back({text, rates_for(text, grid, catalog)});
      grid.optimizers = std::move(tried);
    }
    if (!choices.learning_rate.empty())
      for (OptimizerChoice& choice : grid.optimizers) choice.learning_rates = choices.learning_rate;
    if (!choices.epochs.empty() || !choices.steps.empty()) {  // either is the whole budget
      grid.epochs.clear();
      grid.steps.clear();
    }
    each_of_both(grid, choices,
                 [](std::string_view name, auto& own, const auto& chosen, const FieldUse&) {
                   const bool in_choices = name == "optimizer" || name == "learning_rate";
                   if (!chosen.empty() && !in_choices) own = chosen;
                 });
  }
  return grids;
}

std::vector<double> log_spaced(double low, double high, int count) {
  // From three digits on, as many as tell neighbours apart.
  for (int digits = 3; digits <= std::numeric_limits<double>::max_digits10; ++digits) {
    std::vector<double> values = {low};
    for (int i = 1; i + 1 < count; ++i) {
      const double exact = low * portable_power(high / low, static_cast<double>(i) / (count - 1));
      values.push_back(rounded(exact, digits));
    }
    if (count > 1) values.push_back(high);
    const auto no_step = [&](double a, double b) { return low < high ? a >= b : a <= b; };
    if (std::ranges::adjacent_find(values, no_step) == values.end()) return values;
  }
  fail("log({}, {}, {}) does not have that many different values: move its ends apart",
       format_number(low), format_number(high), count);
}

}  // namespace ravine
