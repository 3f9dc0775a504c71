#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "ravine/nn/network_builder.hpp"

namespace ravine {

/// Layers one behind the other, y = f_n(... f_1(x)).
struct Sequential {
  static constexpr std::string_view kName = "sequential";
  std::string layers;
  static void build(NetworkBuilder& network, const LayerList& inner) { network.add(inner); }
  template <class F>
  void fields(F&& field) {
    field("layers", layers, "", "from the input to the output: dense(100) relu");
  }
};

/// A branch around layers, y = x + f(x): He et al. (2016), eq. 1. Both must have the same shape,
/// unless f makes images smaller or adds channels: then x goes through a shortcut (shortcut.hpp).
struct Residual {
  static constexpr std::string_view kName = "residual";
  std::string layers;
  static void build(NetworkBuilder& network, const LayerList& inner) {
    network.fork();
    network.add(inner);
    network.join();
  }
  template <class F>
  void fields(F&& field) {
    field("layers", layers, "", "layers to apply to x before it is added: dense(100) relu");
  }
};

/// A row of the catalog that contains layers.
template <class Kind>
class ContainerRecipe final : public LayerRecipe {
 public:
  void build(NetworkBuilder& network) const override { Kind::build(network, layers_); }
  void contain(LayerList layers) override { layers_ = std::move(layers); }

 private:
  LayerList layers_;
};

}  // namespace ravine
