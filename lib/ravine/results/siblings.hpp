#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// Which of the trials `wanted` other shards of the same result file have finished, whatever the
/// number of parts: those in results/x.shard-*.h5, in results/x.h5 and in their spools, of this
/// build and not failed. `output` is the shard that asks. What is damaged or being written is
/// passed over: its trials count as not finished.
RAVINE_EXPORT std::set<std::string> finished_by_siblings(const std::filesystem::path& output,
                                                         const std::set<std::string>& wanted);

}  // namespace ravine
