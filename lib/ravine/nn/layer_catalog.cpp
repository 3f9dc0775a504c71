#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "ravine/nn/image_layers.hpp"
#include "ravine/nn/layer_entry.hpp"
#include "ravine/nn/layers/activation.hpp"
#include "ravine/nn/layers/batch_norm.hpp"
#include "ravine/nn/layers/containers.hpp"
#include "ravine/nn/layers/dense.hpp"
#include "ravine/nn/layers/dropout.hpp"
#include "ravine/nn/network_builder.hpp"
#include "ravine/nn/sequence_layers.hpp"

namespace ravine {
namespace {

struct DenseKind {
  static constexpr std::string_view kName = "dense";
  std::string units = "outputs";

  std::size_t width(const NetworkBuilder& network) const {
    if (units == "outputs") return network.outputs();
    return static_cast<std::size_t>(parse_integer(units, "dense(units)"));
  }
  void normalize() {
    if (units == "outputs") return;
    const std::int64_t count = parse_integer(units, "dense(units)");
    check_range("dense(units)", static_cast<double>(count), "[1, 1000000]");
    units = fmt::format("{}", count);
  }
  void build(NetworkBuilder& network) const {
    network.add(std::make_unique<Dense>(network.next_index("dense"), network.shape(),
                                        width(network), !network.bias_is_superfluous(),
                                        network.layout()));
  }
  template <class F>
  void fields(F&& field) {
    field("units", units, "", "number of units, or outputs: as many as the data needs");
  }
};

struct NormKind {
  static constexpr std::string_view kName = "norm";
  void build(NetworkBuilder& network) const {
    if (!network.takes_norm()) return;
    network.add(std::make_unique<BatchNorm>(network.next_index("batch_norm"), network.shape(),
                                            network.normalized_units(), network.layout()));
  }
  bool takes_means_away(const NetworkBuilder& network) const {
    return network.batch_norm() != BatchNormPlacement::kOff;
  }
  template <class F>
  void fields(F&&) {}
};

struct DropoutKind {
  static constexpr std::string_view kName = "dropout";
  double p = 0.5;
  void build(NetworkBuilder& network) const {
    if (p > 0)
      network.add(std::make_unique<Dropout>(network.next_index("dropout"), network.shape(), p));
  }
  template <class F>
  void fields(F&& field) {
    field("p", p, "[0, 1)", "probability of dropping an element");
  }
};

template <Activation kActivation>
struct ActivationKind {
  static constexpr std::string_view kName = activation_name(kActivation);
  void build(NetworkBuilder& network) const {
    if (kActivation != Activation::kLinear)
      network.add(std::make_unique<ActivationLayer>(kActivation, network.shape()));
  }
  template <class F>
  void fields(F&&) {}
};

template <class Kind>
CatalogEntry<LayerRecipe> container(std::string summary, std::string citation) {
  return catalog_entry<LayerRecipe, Kind>(std::move(summary), std::move(citation), [](const Kind&) {
    return std::make_unique<ContainerRecipe<Kind>>();
  });
}

template <Activation kActivation>
void add_activation(LayerCatalog& catalog, std::string summary, std::string citation) {
  catalog.add(layer_entry<ActivationKind<kActivation>>(std::move(summary), std::move(citation)));
}

}  // namespace

LayerCatalog layer_catalog() {
  LayerCatalog catalog("layer");
  catalog.add(layer_entry<DenseKind>("fully connected, for inputs of any shape", ""));
  catalog.add(layer_entry<NormKind>("slot that --batch-norm fills or leaves empty",
                                    "Ioffe & Szegedy 2015; lecture L23-L26"));
  catalog.add(layer_entry<DropoutKind>("sets elements to zero at random during training",
                                       "Srivastava et al. 2014"));
  add_activation<Activation::kLinear>(catalog, "y = x", "");
  add_activation<Activation::kSigmoid>(catalog, "y = 1 / (1 + e^-x)", "");
  add_activation<Activation::kTanh>(catalog, "y = tanh x", "");
  add_activation<Activation::kRelu>(catalog, "y = max(0, x)", "");
  add_activation<Activation::kSoftsign>(catalog, "y = x / (1 + |x|)", "Bergstra et al. 2009");
  add_activation<Activation::kLeakyRelu>(catalog, "y = max(0.01 x, x)", "Maas et al. 2013");
  add_activation<Activation::kSoftplus>(catalog, "y = log(1 + e^x)", "Dugas et al. 2001");
  add_image_layers(catalog);
  add_sequence_layers(catalog);
  catalog.add(container<Residual>("y = x + f(x)", "He et al. 2016, eq. 1"));
  catalog.add(container<Sequential>("layers in sequence", ""));
  return catalog;
}

}  // namespace ravine
