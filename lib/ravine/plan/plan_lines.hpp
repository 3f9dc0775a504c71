#pragma once

#include <string>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/results/plan_file.hpp"

namespace ravine {

/// "adam  lr=0.1 ...": what the list of a plan says of a trial.
RAVINE_EXPORT std::string describe_line(const PlannedTrial& planned);

/// The plan as its shards write it down.
RAVINE_EXPORT std::vector<PlanLine> plan_lines(const std::vector<PlannedTrial>& plan);

}  // namespace ravine
