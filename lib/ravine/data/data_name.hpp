#pragma once

#include <string>

#include "ravine/export.hpp"

namespace ravine {

/// What results call a data set: a path by its last part ("kmnist/" of "/data/kmnist/"), so that a
/// file is the same wherever it lies; the digest of its content stands beside it. Others as they
/// are.
RAVINE_EXPORT std::string data_file_name(const std::string& name);

}  // namespace ravine
