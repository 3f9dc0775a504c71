#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// The kind that the seal of a segment file names.
inline constexpr std::string_view kSegmentFile = "ravine-segment";

/// Where a trial is within a segment file, and what is asked about it most often.
struct SegmentEntry {
  std::string id, build_id, outcome;
  std::uint64_t offset = 0, length = 0;  // bytes, of the trial's own sealed image
};

/// Many trials in one file, since network file systems bear few files better than many: after the
/// seal, whose label is the SHA-256 of the index, the index in text,
///
///     <number of trials>\n
///     <id> <build id> <outcome> <bytes>\n   for each of them
///
/// and then their sealed images (record_file.hpp), whole and one after the other. The entries'
/// offsets are filled in here, their lengths are those of `images`.
RAVINE_EXPORT std::vector<std::byte> encode_segment(
    std::vector<SegmentEntry>& entries, const std::vector<std::vector<std::byte>>& images);

/// Reads and checks only the index: for a look at a file of somebody else. Throws Error if it is
/// damaged or foreign.
RAVINE_EXPORT std::vector<SegmentEntry> read_segment_index(const std::filesystem::path& path);

/// The trials of a damaged segment that are whole: found by their own seals, wherever they are.
RAVINE_EXPORT std::vector<SegmentEntry> intact_trials(std::span<const std::byte> segment,
                                                      std::string_view name);

/// The bytes of one trial. Throws Error or IoError if they are not there.
RAVINE_EXPORT std::vector<std::byte> read_part(const std::filesystem::path& path,
                                               const SegmentEntry& entry);

}  // namespace ravine
