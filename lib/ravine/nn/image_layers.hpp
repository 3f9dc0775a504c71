#pragma once

#include "ravine/nn/layer_recipe.hpp"

namespace ravine {

/// Adds the layers of images to a catalog: conv, the poolings, global_mean, standardize_images,
/// flatten and reshape.
void add_image_layers(LayerCatalog& catalog);

}  // namespace ravine
