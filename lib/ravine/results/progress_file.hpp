#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "ravine/export.hpp"

namespace ravine {

/// The name of the file in a spool that says how far the run is.
inline constexpr const char* kProgressFile = "progress";

/// What a running program says of itself.
struct ProgressNote {
  std::size_t planned = 0;             // trials, those that were finished before included
  std::optional<double> seconds_left;  // nothing until it can be estimated
};

/// Replaces the note, if that is possible: nothing that is computed needs it. Only for who holds
/// the lock of the output.
RAVINE_EXPORT void write_progress(const std::filesystem::path& spool, const ProgressNote& note);

/// The note as it is meant now: what has passed since it was written is no longer left. Nothing
/// without a readable one.
RAVINE_EXPORT std::optional<ProgressNote> read_progress(const std::filesystem::path& spool);

}  // namespace ravine
