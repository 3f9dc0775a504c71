#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/program.hpp"

namespace ravine::fuzz {

/// Paths of all groups and columns of an HDF5 file.
std::vector<std::string> list_objects(const std::filesystem::path& path);

/// Changes an HDF5 file as `program` says; edits that HDF5 refuses are left out.
void edit(const std::filesystem::path& path, const std::vector<std::string>& objects,
          Program& program);

}  // namespace ravine::fuzz
