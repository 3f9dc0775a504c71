#pragma once

#include "bindings.hpp"
#include "ravine/core/catalog.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {

/// The catalog row of a problem that is written in Python. `description` is what
/// ravine/training/own_problems.py makes of a class.
CatalogEntry<ProblemRecipe> python_problem(const py::object& description);

}  // namespace ravine
