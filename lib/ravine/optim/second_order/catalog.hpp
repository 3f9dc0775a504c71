#pragma once

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// gradient_descent, conjugate_gradient, bfgs, lbfgs, newton, ...: the methods that ask for more
/// than one gradient a step. For all of them the learning rate 1 is natural: it multiplies the
/// first trial of each line search, or the step itself with line_search=none.
RAVINE_EXPORT const Catalog<Optimizer>& second_order_catalog();

}  // namespace ravine
