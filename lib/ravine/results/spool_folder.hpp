#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ravine/export.hpp"

/// The folder of a spool: which files in it are ravine's, and which suite it belongs to
/// (results/FORMAT.md). Whoever writes here holds the lock of the output.
namespace ravine {

/// The name of the file in a spool that says, in one line, which suite it belongs to.
inline constexpr const char* kSuiteFile = "suite";

enum class SpoolFile {
  kTrial,
  kSegment,
  kCheckpoint,
  kAttempts,
  kSuite,
  kProgress,
  kTemporary,
  kSetAside,
  kForeign
};

/// What a file in a spool is, by its name; what is not a regular file may have such a name, too.
RAVINE_EXPORT SpoolFile spool_file(const std::filesystem::path& path);

/// The regular files of one kind in a folder, ascending.
RAVINE_EXPORT std::vector<std::filesystem::path> spool_files(const std::filesystem::path& folder,
                                                             SpoolFile kind);

/// The number of a segment file, by its name; 0 for any other.
int segment_number(const std::filesystem::path& path);

/// The suite that a spool says it belongs to; "" if it does not say (ravine 0.1). Throws Error if
/// what should say it is nothing of ravine's.
RAVINE_EXPORT std::string suite_of_spool(const std::filesystem::path& folder);

/// Throws Error for a folder without a trial that does not name a suite: it is not a spool.
void expect_spool(const std::filesystem::path& folder);

/// Makes the folder, or takes the one that is there, for trials of this suite. Throws Error, and
/// changes nothing, if it belongs to another suite, holds nothing of ravine's, is a link or cannot
/// be written.
void claim_spool(const std::filesystem::path& folder, const std::string& suite);

/// Removes the folder if no trial, no checkpoint and nothing foreign or set aside is in it.
RAVINE_EXPORT void remove_empty_spool(const std::filesystem::path& folder);

}  // namespace ravine
