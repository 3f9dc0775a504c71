#pragma once

#include <filesystem>
#include <string_view>

#include "ravine/export.hpp"

namespace ravine {

class Trainer;

/// Stores everything that a trainer needs to go on with the same bits, as one sealed HDF5 file that
/// replaces an earlier one as a whole. The seal's label is the build id.
RAVINE_EXPORT void save_checkpoint(const std::filesystem::path& path, Trainer& trainer,
                                   std::string_view spec);

enum class Loaded { kNothing, kOtherBuild, kCheckpoint };

/// Brings a freshly made trainer to where a checkpoint left off. Without a file, or with one of
/// another build, whose bits it would mix, the trainer stays as it was. Throws Error, naming the
/// file and what is wrong, for one that is damaged, foreign or of another trial; the trainer may
/// then be half-way and is to be made anew.
RAVINE_EXPORT Loaded load_checkpoint(const std::filesystem::path& path, Trainer& trainer,
                                     std::string_view spec);

}  // namespace ravine
