#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// Reads hidden layers: "100x3" is three layers of 100 units, "1000-500-100" three of different
/// widths; the two may be combined, "200-100x2". Throws Error for anything else.
RAVINE_EXPORT std::vector<std::size_t> parse_hidden_layers(std::string_view text);

/// The shortest text for these widths; texts that mean the same become the same.
RAVINE_EXPORT std::string write_hidden_layers(const std::vector<std::size_t>& widths);

}  // namespace ravine
