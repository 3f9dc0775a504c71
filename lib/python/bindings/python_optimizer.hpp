#pragma once

#include "bindings.hpp"
#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// The catalog row of an optimizer that is written in Python. `description` is what
/// ravine/training/declaration.py makes of a class.
CatalogEntry<Optimizer> python_optimizer(const py::object& description);

}  // namespace ravine
