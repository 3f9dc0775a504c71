#pragma once

#include <filesystem>

#include "ravine/core/environment.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// The name of the file in a spool that says who has worked on it, one attempt per line:
/// "<start, seconds since 1970> <host> <pid> <Slurm job or ->".
inline constexpr const char* kAttemptsFile = "attempts";

/// Adds a line for this process, if that is possible: nothing that is computed needs it. Throws
/// Error, and leaves it alone, if what is there is a link or no such list.
RAVINE_EXPORT void note_attempt(const std::filesystem::path& spool);

/// Adds the number of attempts to an environment, and to its host and slurm_job those of all of
/// them, joined by " | ". Nothing without such a file.
RAVINE_EXPORT void add_attempts(Environment& environment, const std::filesystem::path& spool);

/// Adds values to an environment; where both know a key, and differ, both are kept, joined by
/// " | ".
RAVINE_EXPORT void add_values(Environment& to, const Environment& from);

}  // namespace ravine
