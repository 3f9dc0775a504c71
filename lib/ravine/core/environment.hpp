#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// Ordered (key, value) pairs that say where and how results were made; outside every digest.
using Environment = std::vector<std::pair<std::string, std::string>>;

/// Compiler, flags, instruction set, precision, CPU, library versions, commit, build id, host,
/// Slurm job.
RAVINE_EXPORT Environment collect_environment();

/// 16 hexadecimal digits that change whenever the library or the running program is built from
/// other sources, other CMAKE_CXX_FLAGS or for another precision. Compilers and instruction sets
/// change no bit of a result and so none of these digits; of a program outside of this project they
/// do, since its ELF build id stands for its sources.
RAVINE_EXPORT std::string build_id();

/// Cores this process may use: the smallest of the affinity mask, the cgroup quota,
/// SLURM_CPUS_PER_TASK and OMP_NUM_THREADS, at least 1.
RAVINE_EXPORT int available_cores();

}  // namespace ravine
