#pragma once

#include <filesystem>
#include <string>

#include "ravine/export.hpp"

namespace ravine {

/// "results/x.h5" and "search" make "results/x.search.h5".
RAVINE_EXPORT std::string with_infix(const std::string& output, const std::string& infix);
/// "results/x.h5" of part 0 of 4 is "results/x.shard-0-of-4.h5".
RAVINE_EXPORT std::string shard_output(const std::string& output, int shard, int shards);
/// The other way round: of "results/x.shard-0-of-4.h5", or its spool, "results/x.h5". What is not a
/// shard stays as it is, but for the ending of a spool.
RAVINE_EXPORT std::filesystem::path whole_output(const std::filesystem::path& part);
/// Throws Error for a path that cannot become a result file, before anything is trained for it.
RAVINE_EXPORT void check_output(const std::string& output, const std::string& suite);

}  // namespace ravine
