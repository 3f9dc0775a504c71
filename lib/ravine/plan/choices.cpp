#include "ravine/plan/choices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

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

bool tried(const std::string& optimizer, std::span<const Grid> grids,
           const Catalog<Optimizer>& catalog) {
  return std::ranges::any_of(
      grids, [&](const Grid& grid) { return suite_rates(optimizer, grid, catalog) != nullptr; });
}

// Each grid keeps what it tries of the list and gains what no grid tries; one left empty is
// dropped.
void narrow(std::vector<Grid>& grids, const std::vector<std::string>& optimizers,
            const Catalog<Optimizer>& catalog) {
  std::vector<bool> known;
  for (const std::string& text : optimizers) known.push_back(tried(text, grids, catalog));
  for (Grid& grid : grids) {
    std::vector<OptimizerChoice> kept;
    for (std::size_t i = 0; i < optimizers.size(); ++i)
      if (!known[i] || suite_rates(optimizers[i], grid, catalog))
        kept.push_back({optimizers[i], rates_for(optimizers[i], grid, catalog)});
    grid.optimizers = std::move(kept);
  }
  std::erase_if(grids, [](const Grid& grid) { return grid.optimizers.empty(); });
}

}  // namespace

std::vector<std::string> without_own_rates(const TrialLists& choices,
                                           const std::vector<Grid>& grids,
                                           const Catalog<Optimizer>& catalog) {
  std::vector<std::string> names;
  if (!choices.learning_rate.empty()) return names;
  const auto used = std::span(grids).first(choices.problem.empty() ? grids.size() : 1);
  for (const std::string& text : choices.optimizer)
    if (catalog.learning_rate(text).search.empty() && !tried(text, used, catalog))
      names.push_back(text);
  return names;
}

std::vector<Grid> apply(const TrialLists& choices, std::vector<Grid> grids,
                        const Catalog<Optimizer>& catalog) {
  if (!choices.problem.empty()) grids.resize(1);
  if (!choices.optimizer.empty()) narrow(grids, choices.optimizer, catalog);
  for (Grid& grid : grids) {
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
