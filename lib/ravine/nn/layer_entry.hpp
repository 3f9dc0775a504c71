#pragma once

#include <memory>
#include <string>
#include <utility>

#include "ravine/nn/layer_recipe.hpp"
#include "ravine/nn/network_builder.hpp"

namespace ravine {
namespace detail {
/// The recipe of a kind of layer that contains no others.
template <class Kind>
class LeafRecipe final : public LayerRecipe {
 public:
  explicit LeafRecipe(Kind kind) : kind_(std::move(kind)) {}
  void build(NetworkBuilder& network) const override { kind_.build(network); }
  bool takes_means_away(const NetworkBuilder& network) const override {
    if constexpr (requires { kind_.takes_means_away(network); })
      return kind_.takes_means_away(network);
    else
      return false;
  }

 private:
  Kind kind_;
};
}  // namespace detail

/// The catalog row of a kind of layer: a struct with kName, fields() and build(network), which adds
/// the layer; it may have normalize(), as every row, and takes_means_away(network).
template <class Kind>
CatalogEntry<LayerRecipe> layer_entry(std::string summary, std::string citation) {
  return made_entry<LayerRecipe, detail::LeafRecipe<Kind>, Kind>(std::move(summary),
                                                                 std::move(citation));
}

}  // namespace ravine
