#pragma once

#include "ravine/nn/layer_recipe.hpp"

namespace ravine {

/// Adds the layers of images to a catalog: conv, the poolings, global_mean, standardize_images,
/// random_crop, random_flip, random_color, flatten and reshape.
void add_image_layers(LayerCatalog& catalog);

}  // namespace ravine
