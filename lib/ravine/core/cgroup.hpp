#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace ravine {

/// Visits the control groups that limit this process through `controller` ("cpu", "memory"): its
/// own folder and those of its parents, of version 2 or 1. Folders need not exist. `root` is the
/// root of the file system, another one in tests.
void for_each_cgroup(
    const std::filesystem::path& root, std::string_view controller,
    const std::function<void(const std::filesystem::path& group, bool version2)>& visit);

}  // namespace ravine
