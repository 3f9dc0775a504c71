#pragma once

#include "ravine/io/hdf5.hpp"

namespace ravine {

/// Writes what readers in other languages need to know of trials and metrics, so that no list of it
/// is kept by hand there:
///   /trials      attributes factors, replicates, budget, protocol: names of columns, "a, b, c"
///   /metrics     name, direction (larger | smaller), part (train | validation | test) and
///                preference (1 comes first) of every metric
///   /constants   attributes: what an evaluation costs in gradients, and the default of divergence
void write_vocabulary(hdf5::Group& root, hdf5::Group& trials);

}  // namespace ravine
