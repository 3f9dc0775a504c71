#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"

namespace ravine {

class LayerRecipe;
class NetworkBuilder;

/// A layer of a network that is yet to be built, with the text that names it.
struct NamedLayer {
  std::string text;  // "dense(100)"
  std::shared_ptr<const LayerRecipe> recipe;
};
using LayerList = std::vector<NamedLayer>;

/// A kind of layer with its fields set: what a row of the layer catalog makes. It maps a shape to
/// a shape once it is built, and may contain others. Immutable once made; thread-safe.
class RAVINE_EXPORT LayerRecipe {
 public:
  static constexpr std::string_view kKind = "layer";
  virtual ~LayerRecipe() = default;
  /// Adds what it stands for behind the layers that the network has. Throws Error where it does not
  /// fit their shape.
  virtual void build(NetworkBuilder& network) const = 0;
  /// Takes the layers between the parentheses of a container, a row whose first field is `layers`.
  /// Throws Error for all others.
  virtual void contain(LayerList layers);
  /// Whether it stands for a normalization that takes the mean of each unit away, and with it any
  /// bias right in front.
  virtual bool takes_means_away(const NetworkBuilder&) const { return false; }
};

/// The kinds of layers that a text can name.
using LayerCatalog = Catalog<LayerRecipe>;

/// dense, norm, dropout, the activations, those of images and of sequences, residual, sequential. A
/// program adds rows to its copy.
RAVINE_EXPORT LayerCatalog layer_catalog();

/// Reads layers, from the input to the output:
///
///   dense(100) relu 3*(dense(100) norm relu) residual(dense(100) relu) dropout(0.5) dense(10)
///
/// A layer is name, name(value), name(key=value, ...) or name(layers), blanks stand between layers,
/// N*layer and N*(layers) repeat. A value without a key is that of the first field. Throws Error
/// with the position and, for an unknown layer, the nearest known one.
RAVINE_EXPORT LayerList parse_layers(std::string_view text,
                                     const LayerCatalog& catalog = layer_catalog());

/// The one text for these layers: every field with its value, repetitions counted. Reads back as
/// the same layers.
RAVINE_EXPORT std::string write_layers(const LayerList& layers);

}  // namespace ravine
