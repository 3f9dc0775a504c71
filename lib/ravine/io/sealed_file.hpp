#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "ravine/core/error.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Every ravine HDF5 file starts with a seal, a user block of 512 bytes that HDF5 skips: HDF5
/// itself does not notice a flipped bit. All numbers are little-endian:
///
///     offset  bytes  content
///          0      8  "\x89RAVINE\n"
///          8      4  version of the seal, 1
///         12      4  zero
///         16      8  length of what follows the seal
///         24     32  SHA-256 of the whole file, these 32 bytes taken as zero
///         56     32  kind: "ravine-results", "ravine-trial", ... filled up with zeros
///         88     64  label: the build id, filled up with zeros
///        152    360  zero
inline constexpr std::size_t kSealBytes = 512;
inline constexpr std::array<char, 8> kSealMagic = {'\x89', 'R', 'A', 'V', 'I', 'N', 'E', '\n'};

/// A file of a later ravine: whole, for all that this one can tell.
class RAVINE_EXPORT VersionError : public Error {
 public:
  using Error::Error;
};

/// Throws VersionError if `version` is one to come, else Error: `name` has `what` ("format
/// version", "a seal of version") of that number, and this program reads `known`.
[[noreturn]] RAVINE_EXPORT void fail_version(std::string_view name, std::string_view what,
                                             std::int64_t version, std::int64_t known);

struct SealInfo {
  std::string kind, label;
};

/// Fills in the seal of a closed HDF5 file that was made with a user block of 512 bytes.
/// Streams: memory does not depend on the size. Thread-safe for different files.
RAVINE_EXPORT void seal(const std::filesystem::path& path, std::string_view kind,
                        std::string_view label);
/// The same for a file in memory.
RAVINE_EXPORT void seal(std::span<std::byte> image, std::string_view kind, std::string_view label);

/// Reads the whole file and throws Error, naming it and what is wrong, if it is foreign,
/// truncated, altered, of another version or of another kind ("" for any).
RAVINE_EXPORT SealInfo verify(const std::filesystem::path& path, std::string_view kind);
/// The same for a file in memory, called `name` in messages.
RAVINE_EXPORT SealInfo verify(std::span<const std::byte> image, std::string_view kind,
                              std::string_view name);

/// What the seal at the start of `bytes` says of itself, unchecked: where the file is one of many
/// in a larger one. 0 bytes if there is no seal.
struct ClaimedSeal {
  std::size_t bytes = 0;  // of the whole file
  std::string label;
};
RAVINE_EXPORT ClaimedSeal claimed_seal(std::span<const std::byte> bytes);

}  // namespace ravine
