#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/data/data_catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/nn/initializer.hpp"
#include "ravine/nn/layer_recipe.hpp"
#include "ravine/optim/catalog.hpp"
#include "ravine/problems/catalog.hpp"

namespace ravine {

/// The components that trials of a program may name. A user's suite starts from these, which are
/// ravine's own, and adds its rows:
///
///   Catalogs catalogs;
///   catalogs.optimizers.add(elementwise_entry<MyRule>(...));
///   catalogs.problems.add(problem_entry<MyFunction>(...));
///   catalogs.data_sets.add({.name = "mine", .make = ...});
struct RAVINE_EXPORT Catalogs {
  Catalog<Optimizer> optimizers = optimizer_catalog();
  Catalog<Schedule> schedules = schedule_catalog();
  Catalog<Initializer> initializers = initializer_catalog();
  Catalog<Averaging> averagings = averaging_catalog();
  Catalog<ProblemRecipe> problems = problem_catalog();
  Catalog<LayerRecipe> layers = layer_catalog();
  DataCatalog data_sets = data_catalog();

  /// Makes the problem that a text names, on data sets and of layers of these catalogs. Throws
  /// Error for bad text and where problem, data and batch normalization do not fit together.
  std::shared_ptr<const Problem> make_problem(std::string_view text,
                                              const std::string& batch_norm = "off",
                                              const std::string& data_directory = "") const;

  /// Lets fields of optimizers hold these schedules and networks these layers, those of a program
  /// among them. suite_main does it for its suite.
  Catalogs& connect() {
    optimizers.nest(schedules);
    problems.nest(layers);
    return *this;
  }
};

}  // namespace ravine
