#pragma once

#include <filesystem>
#include <optional>

#include "ravine/export.hpp"

namespace ravine {

/// Cores that the control groups of this process grant, or nothing if they set no limit: the
/// smallest quota / period of the group and its parents, from cpu.max (version 2) or
/// cpu.cfs_quota_us (version 1). `root` is the root of the file system, another one in tests.
RAVINE_EXPORT std::optional<double> cgroup_cores(const std::filesystem::path& root = "/");

}  // namespace ravine
