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

/// Brings a freshly made trainer to where a checkpoint left off. Returns false, with the trainer
/// as it was, if there is no file, or none of this build and this trial, or a damaged one: the
/// trial then starts anew.
RAVINE_EXPORT bool load_checkpoint(const std::filesystem::path& path, Trainer& trainer,
                                   std::string_view spec);

}  // namespace ravine
