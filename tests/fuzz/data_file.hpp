#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "fuzz/targets.hpp"
#include "ravine/data/data_catalog.hpp"

namespace ravine::fuzz {

/// Loads the rest of `input` as a data file whose name ends in `ending`, as data=FILE does; the
/// first byte chooses the options. Checks that the data set is consistent.
void load_data_file(Input input, std::string_view ending);

}  // namespace ravine::fuzz
