#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/io/failures.hpp"

namespace ravine {

/// Makes a folder and its parents durably; it is not an error if they exist.
RAVINE_EXPORT void create_folders(const std::filesystem::path& folder);

/// What is in a folder, ascending.
RAVINE_EXPORT std::vector<std::filesystem::path> list_folder(const std::filesystem::path& folder);

/// The whole content of a small file.
RAVINE_EXPORT std::vector<std::byte> read_bytes(const std::filesystem::path& path);

/// Overwrites a file in place and flushes it to the disk. A reader may see half of it: use
/// replace_file (atomic_file.hpp) for results.
RAVINE_EXPORT void write_bytes(const std::filesystem::path& path,
                               std::span<const std::byte> content);

/// Removes a file, or a link itself; it is not an error if there is none.
RAVINE_EXPORT void remove_file(const std::filesystem::path& path);

/// Whether something has this name: a dangling link, too.
RAVINE_EXPORT bool is_there(const std::filesystem::path& path);

/// Throws Error, naming the path, unless a regular file is there, or nothing: ravine follows no
/// link at the names that it makes up itself, and waits for no pipe.
RAVINE_EXPORT void expect_plain_file(const std::filesystem::path& path);

/// Renames what cannot be used to <name>.damaged, in place of a file of that name; to
/// <name>.damaged-2, ... if a folder is in the way. Returns the new name.
RAVINE_EXPORT std::filesystem::path set_aside(const std::filesystem::path& path);

/// Where a path leads once all links at its end are followed, whether something is there or not.
RAVINE_EXPORT std::filesystem::path follow_links(std::filesystem::path path);

}  // namespace ravine
