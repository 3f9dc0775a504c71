#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/plan/suite.hpp"

namespace ravine {

/// What a user puts in place of the lists of a suite's grids. An empty list leaves that factor as
/// it is.
struct GridChoices {
  std::vector<std::string> problems, optimizers, schedules, initializers, batch_norms;
  std::optional<std::string> averaging, shuffle, divergence, observe, target, record;
  std::vector<double> learning_rates;
  std::vector<std::int64_t> batch_sizes, seeds;
  std::optional<bool> keep_last;
  std::optional<std::int64_t> epochs, steps;
};

/// The suite's grids with the user's lists in place of its own. `--problem` keeps the first grid as
/// the template for all problems. An optimizer that the suite tries keeps the suite's learning
/// rates unless the user gives some; any other one gets as many as the suite gives its own: half
/// decades around the customary rate that the rule declares, or else from 1e-4 to 1.
RAVINE_EXPORT std::vector<Grid> apply(const GridChoices& choices, std::vector<Grid> grids,
                                      const Catalog<Optimizer>& catalog);
/// The optimizers of an untuned run whose rates nobody chose: neither the user nor the suite (its
/// `grids`, before apply()) nor the rule.
RAVINE_EXPORT std::vector<std::string> without_own_rates(const GridChoices& choices,
                                                         const std::vector<Grid>& grids,
                                                         const Catalog<Optimizer>& catalog);

}  // namespace ravine
