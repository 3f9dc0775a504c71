#pragma once

#include <string>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/plan/suite.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {

/// Commands to start from, for the end of --help.
std::string help_examples(const Suite& suite);

/// Every component with its parameters, rules, defaults and source, for --components; or only those
/// with these names, in whichever catalogs they are. Throws Error for a name that none has.
RAVINE_EXPORT std::string help_components(const Catalogs& catalogs,
                                          const std::vector<std::string>& names = {});

}  // namespace ravine
