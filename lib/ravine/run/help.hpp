#pragma once

#include <string>

#include "ravine/run/catalogs.hpp"
#include "ravine/run/suite.hpp"

namespace ravine {

/// Commands to start from, for the end of --help.
std::string help_examples(const Suite& suite);

/// Every component with its parameters, rules, defaults and source, for --components.
std::string help_components(const Catalogs& catalogs);

}  // namespace ravine
