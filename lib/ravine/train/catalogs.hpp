#pragma once

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/nn/initializer.hpp"
#include "ravine/optim/catalog.hpp"

namespace ravine {

/// The components that trials of a program may name. A user's suite starts from these and adds its
/// own rows: `Catalogs catalogs; catalogs.optimizers.add(elementwise_entry<MyRule>(...));`
struct Catalogs {
  Catalog<Optimizer> optimizers = optimizer_catalog();
  Catalog<Schedule> schedules = schedule_catalog();
  Catalog<Initializer> initializers = initializer_catalog();
  Catalog<Averaging> averagings = averaging_catalog();

  /// Lets fields of optimizers hold these schedules, those of a program among them. suite_main does
  /// it for its suite.
  Catalogs& connect() {
    optimizers.nest(schedules);
    return *this;
  }
};

}  // namespace ravine
