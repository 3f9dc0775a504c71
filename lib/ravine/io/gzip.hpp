#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "ravine/core/bytes.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// No data file is larger than this, stored or inflated: 2 GiB.
inline constexpr std::size_t kLargestFileBytes = std::size_t{1} << 31;

/// The bytes of a regular file as they are stored. Throws Error if the file is missing, not
/// readable, no regular file or larger than `limit`; IoError if reading fails half-way.
RAVINE_EXPORT Bytes read_file(const std::filesystem::path& path,
                              std::size_t limit = kLargestFileBytes);

/// Whether the bytes start like a gzip file (RFC 1952: 1f 8b).
RAVINE_EXPORT bool is_gzip(std::span<const std::uint8_t> bytes);

/// Inflates a whole gzip file, of one or several members, and checks its CRC-32.
/// `name` is what messages call it. Memory grows with the true content, never with what a header
/// promises. A quarter more is reserved, untouched, for what the caller may put behind it. Throws
/// Error for truncated or corrupt bytes and for content above `limit`.
RAVINE_EXPORT Bytes gunzip(std::span<const std::uint8_t> bytes, std::string_view name,
                           std::size_t limit = kLargestFileBytes);

/// The same bytes as text, for the parsers; valid as long as `bytes`.
inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace ravine
