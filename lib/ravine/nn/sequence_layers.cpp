#include "ravine/nn/sequence_layers.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "ravine/nn/layer_entry.hpp"
#include "ravine/nn/layers/attention.hpp"
#include "ravine/nn/layers/by_position.hpp"
#include "ravine/nn/layers/embedding.hpp"
#include "ravine/nn/layers/layer_norm.hpp"
#include "ravine/nn/layers/position_dense.hpp"
#include "ravine/nn/layers/recurrence.hpp"
#include "ravine/nn/layers/smooth_activation.hpp"
#include "ravine/nn/network_builder.hpp"

namespace ravine {
namespace {

constexpr const char* kSequenceCount = "[1, 1000000]";
constexpr const char* kScaleMeaning = "factor of the initial weights";

// The shape that comes, which must be that of a sequence.
const Shape& sequence(std::string_view who, const NetworkBuilder& network) {
  if (network.shape().rank() != 2)
    fail("{} needs a sequence of vectors, but gets {}: put embedding(width) in front", who,
         network.shape().text());
  return network.shape();
}

void add_position_dense(NetworkBuilder& network, std::size_t units, bool bias, double scale) {
  network.add(std::make_unique<PositionDense>(network.next_index("dense"), network.shape(), units,
                                              bias, scale, network.layout()));
}

struct PositionDenseKind {
  static constexpr std::string_view kName = "position_dense";
  std::int64_t units = 0;
  bool bias = true;
  double scale = 1;

  void build(NetworkBuilder& network) const {
    const std::size_t positions = positions_of(sequence(kName, network));
    if (units == 0 && network.outputs() % positions != 0)
      fail("position_dense cannot share {} outputs among {} positions: give its units",
           network.outputs(), positions);
    add_position_dense(network,
                       units > 0 ? static_cast<std::size_t>(units) : network.outputs() / positions,
                       bias, scale);
  }
  template <class F>
  void fields(F&& field) {
    field("units", units, "[0, 1000000]",
          "number of units at each position; 0 = as many as the data needs");
    field("bias", bias, "", "whether the units have biases");
    field("scale", scale, "(0, inf)", kScaleMeaning);
  }
};

struct EmbeddingKind {
  static constexpr std::string_view kName = "embedding";
  std::int64_t width = 64;

  void build(NetworkBuilder& network) const {
    if (network.vocabulary() == 0)
      fail("embedding needs data made of tokens, such as a text: choose other data or dense");
    network.add(std::make_unique<Embedding>(network.next_index(kName), network.shape().size(),
                                            network.vocabulary(), static_cast<std::size_t>(width),
                                            network.layout()));
  }
  template <class F>
  void fields(F&& field) {
    field("width", width, kSequenceCount, "of the vector of each token");
  }
};

struct PositionsKind {
  static constexpr std::string_view kName = "positions";
  std::string kind = "learned";

  void build(NetworkBuilder& network) const {
    network.add(std::make_unique<Positions>(network.next_index(kName), sequence(kName, network),
                                            kind == "learned", network.layout()));
  }
  template <class F>
  void fields(F&& field) {
    field("kind", kind, "learned|sinusoidal", "vectors that are parameters, or fixed waves");
  }
};

struct AttentionKind {
  static constexpr std::string_view kName = "attention";
  std::int64_t heads = 4;
  bool causal = true, bias = true;
  double scale = 1;

  void build(NetworkBuilder& network) const {
    const std::size_t width = features_of(sequence(kName, network));
    const auto count = static_cast<std::size_t>(heads);
    if (width % count != 0)
      fail("attention cannot share {} features among {} heads: use a divisor of {}", width, count,
           width);
    add_position_dense(network, 3 * width, bias, 1);
    network.add(std::make_unique<AttentionCore>(network.shape(), count, causal));
    add_position_dense(network, width, bias, scale);
  }
  template <class F>
  void fields(F&& field) {
    field("heads", heads, "[1, 10000]", "number of heads, which share the features");
    field("causal", causal, "", "whether a position takes only earlier ones and itself");
    field("bias", bias, "", "whether the projections have biases");
    field("scale", scale, "(0, inf)", "factor of the initial weights of the last projection");
  }
};

template <Cell kCell>
struct RecurrenceKind {
  static constexpr bool kIsLstm = kCell == Cell::kLstm;
  static constexpr std::string_view kName = kIsLstm ? "lstm" : "rnn";
  std::int64_t units = 128;
  double forget_bias = 1;

  void build(NetworkBuilder& network) const {
    sequence(kName, network);
    add_position_dense(network, static_cast<std::size_t>(units) * (kIsLstm ? 4 : 1), false, 1);
    network.add(std::make_unique<Recurrence>(kCell, network.next_index("recurrence"),
                                             network.shape(), forget_bias, network.layout()));
  }
  template <class F>
  void fields(F&& field) {
    field("units", units, kSequenceCount, "that are carried from position to position");
    if constexpr (kIsLstm)
      field("forget_bias", forget_bias, "(-inf, inf)", "initial bias of the forget gates");
  }
};

struct TiedOutputKind {
  static constexpr std::string_view kName = "tied_output";

  void build(NetworkBuilder& network) const {
    const Shape& in = sequence(kName, network);
    for (const Block& block : network.layout().blocks()) {
      if (block.name != "embedding0/weight") continue;
      if (block.cols != features_of(in))
        fail("tied_output takes {} features, as the embedding gives, but gets {}", block.cols,
             in.text());
      network.output_is_embedding();
      return network.add(std::make_unique<TiedOutput>(in, Block(block)));
    }
    fail("tied_output shares the weights of an embedding: put embedding(width) in front");
  }
  template <class F>
  void fields(F&&) {}
};

template <LayerNorm::Kind kNorm>
struct PositionNormKind {
  static constexpr std::string_view kName =
      kNorm == LayerNorm::Kind::kLayer ? "layer_norm" : "rms_norm";
  bool bias = true;

  void build(NetworkBuilder& network) const {
    network.add(std::make_unique<LayerNorm>(kNorm, network.next_index(kName), network.shape(),
                                            kNorm == LayerNorm::Kind::kLayer && bias,
                                            network.layout()));
  }
  template <class F>
  void fields(F&& field) {
    if constexpr (kNorm == LayerNorm::Kind::kLayer)
      field("bias", bias, "", "whether a vector is added behind the normalization");
  }
};

template <SmoothFunction kFunction>
struct SmoothKind {
  static constexpr std::string_view kName = smooth_function_name(kFunction);
  void build(NetworkBuilder& network) const {
    network.add(std::make_unique<SmoothActivation>(kFunction, network.shape()));
  }
  template <class F>
  void fields(F&&) {}
};

}  // namespace

void add_sequence_layers(LayerCatalog& catalog) {
  using Norm = LayerNorm::Kind;
  catalog.add(layer_entry<SmoothKind<SmoothFunction::kGeluTanh>>(
      "y = x (1 + tanh(.79788 (x + .044715 x^3))) / 2", "Hendrycks & Gimpel 2016"));
  catalog.add(
      layer_entry<SmoothKind<SmoothFunction::kSilu>>("y = x / (1 + e^-x)", "Elfwing et al. 2017"));
  catalog.add(layer_entry<SmoothKind<SmoothFunction::kElu>>("y = x if x > 0, else e^x - 1",
                                                            "Clevert et al. 2016"));
  catalog.add(layer_entry<PositionNormKind<Norm::kLayer>>(
      "each position normalized to mean 0 and variance 1", "Ba et al. 2016"));
  catalog.add(layer_entry<PositionNormKind<Norm::kRms>>(
      "each position divided by its root mean square", "Zhang & Sennrich 2019"));
  catalog.add(layer_entry<EmbeddingKind>("a vector for each token", ""));
  catalog.add(layer_entry<PositionsKind>("adds a vector to each position", "Vaswani et al. 2017"));
  catalog.add(
      layer_entry<PositionDenseKind>("fully connected at each position, the same for all", ""));
  catalog.add(layer_entry<AttentionKind>("multi-head self-attention with its projections",
                                         "Vaswani et al. 2017"));
  catalog.add(
      layer_entry<RecurrenceKind<Cell::kRnn>>("h_t = tanh(x_t W_x + h_t-1 W + b)", "Elman 1990"));
  catalog.add(layer_entry<RecurrenceKind<Cell::kLstm>>(
      "long short-term memory, reset before each sequence", "Hochreiter & Schmidhuber 1997"));
  catalog.add(layer_entry<TiedOutputKind>("outputs that share the weights of the embedding",
                                          "Press & Wolf 2017"));
}

}  // namespace ravine
