#pragma once

#include <string>
#include <vector>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/plan/suite.hpp"

namespace ravine {

/// The suite's grids with the user's lists in place of its own. `--problem` keeps the first grid as
/// the template for all problems. `--optimizer` narrows each grid to those that it tries, and drops
/// a grid that tries none of them; an optimizer that no grid tries joins every grid. One that the
/// suite tries keeps the suite's learning rates unless the user gives some; any other one gets as
/// many as the suite gives its own: half decades around the customary rate that the rule declares,
/// or else from 1e-4 to 1.
RAVINE_EXPORT std::vector<Grid> apply(const TrialLists& choices, std::vector<Grid> grids,
                                      const Catalog<Optimizer>& catalog);
/// The optimizers of an untuned run whose rates nobody chose: neither the user nor the suite (its
/// `grids`, before apply()) nor the rule.
RAVINE_EXPORT std::vector<std::string> without_own_rates(const TrialLists& choices,
                                                         const std::vector<Grid>& grids,
                                                         const Catalog<Optimizer>& catalog);

}  // namespace ravine
