#pragma once

#include "ravine/plan/suite.hpp"

namespace ravine {

/// The suite of ravine-optimizers: the update rules of the lecture side by side, each at several
/// learning rates. A program that adds rows to its catalogs and grids runs them beside these, by
/// the same protocol:
///
///   Suite suite = optimizers_suite();
///   suite.catalogs.optimizers.add(elementwise_entry<MyRule>(...));
///   suite.grids = [shipped = suite.grids](Scale scale) {
///     auto grids = shipped(scale);
///     for (Grid& grid : grids) grid.optimizers.push_back({"my_rule", {1e-3, 1e-2}});
///     return grids;
///   };
///   return suite_main(argc, argv, suite);
///
/// Link ravine::suites (float) or ravine::suites_double.
Suite optimizers_suite();

}  // namespace ravine
