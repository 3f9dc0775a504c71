#pragma once

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/averaging.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/schedule.hpp"

namespace ravine {

/// sgd, momentum, nesterov, adagrad, ...: every optimizer with its citation.
RAVINE_EXPORT const Catalog<Optimizer>& optimizer_catalog();

}  // namespace ravine
