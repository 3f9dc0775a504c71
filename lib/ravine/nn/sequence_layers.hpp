#pragma once

#include "ravine/nn/layer_recipe.hpp"

namespace ravine {

/// Adds the layers of sequences, as those of transformers, to a catalog, and the normalizations and
/// activations that came with them.
void add_sequence_layers(LayerCatalog& catalog);

}  // namespace ravine
