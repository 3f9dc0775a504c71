#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "ravine/export.hpp"

namespace ravine {

/// How many bytes this process may still take, and where that is
/// from: "available on this machine", ...
struct MemoryLimit {
  double bytes;
  std::string source;
};

/// The least of what the machine has available (MemAvailable), what the control groups of this
/// process leave (limit - usage + page cache that can go, versions 1 and 2, parents too), what
/// `ulimit -v` leaves and what Slurm grants a node (SLURM_MEM_PER_NODE, or SLURM_MEM_PER_CPU times
/// SLURM_CPUS_ON_NODE). Infinite if nobody says anything. `root` is the root of the file system,
/// another one in tests.
RAVINE_EXPORT MemoryLimit available_memory(const std::filesystem::path& root = "/");

/// Whether the limits of this process (ulimit -v, -d) leave so many bytes at this moment. Takes
/// none.
RAVINE_EXPORT bool can_take(std::size_t bytes) noexcept;

/// "800M", "64G", "1.5T" (powers of 1024; B or iB may follow) in bytes. Throws Error.
RAVINE_EXPORT double parse_memory(std::string_view text, std::string_view flag);

/// "14.2 GB", "612 MB": for people, in powers of 1000.
RAVINE_EXPORT std::string format_memory(double bytes);

}  // namespace ravine
