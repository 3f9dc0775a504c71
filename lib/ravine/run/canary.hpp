#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/results/store.hpp"
#include "ravine/run/scheduler.hpp"

namespace ravine {

/// Whether trials of another build still hold in this one.
///
/// Of each pair of problem and optimizer the shortest stored trial is trained again, and the digest
/// of its record compared. All equal: the others are taken to be equal, too. Throws Error naming
/// the component that differs, with the choices. Returns how many were replayed, 0 if `stop` ended
/// it.
RAVINE_EXPORT std::size_t check_other_builds(const std::vector<const PlannedTrial*>& trials,
                                             const Store& store, const Catalogs& catalogs,
                                             const RunOptions& options, std::atomic<bool>& stop);

}  // namespace ravine
