#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A network that answers at every position of a sequence of tokens, before it is built: what a row
/// of the catalog of sequence models makes. Immutable; thread-safe.
class RAVINE_EXPORT SequenceModel {
 public:
  static constexpr std::string_view kKind = "model";
  virtual ~SequenceModel() = default;
  /// The text of its layers, from tokens to outputs. Throws Error for widths that do not fit.
  virtual std::string layers() const = 0;
};

/// A transformer as nanoGPT's (Karpathy 2022), after Radford et al. (2019): learned positions, and
/// in each layer
///
///   x <- x + attention(layer_norm(x)),   x <- x + W2 gelu_tanh(W1 layer_norm(x))
///
/// with 4 width hidden units; a layer_norm and output weights tied to the embedding follow. No
/// biases; W2 and the last projection of each attention begin 1 / sqrt(2 layers) as large as the
/// initializer of the trial says, normal(sd=0.02) as published.
///
/// **Deviates:** nanoGPT takes the exact GELU, which differs from gelu_tanh by less than 5e-4.
struct Transformer {
  static constexpr std::string_view kName = "transformer";
  std::int64_t layers = 2, width = 32, heads = 2;

  std::string text() const;
  template <class F>
  void fields(F&& field) {
    field("layers", layers, "[1, 1000]", "number of pairs of attention and feed-forward");
    field("width", width, "[1, 100000]", "features of each position");
    field("heads", heads, "[1, 10000]", "of each attention; a divisor of the width");
  }
};

/// Recurrent networks of long short-term memory, one behind the other, between an embedding and
/// outputs at every position: Karpathy et al. (2015). States begin at 0 in every context. Dropout
/// stands in front of and behind each. DeepOBS' tolstoi_char_rnn (Schneider et al. 2019) is
/// lstm(layers=2, width=128, dropout=0.2) at context=50: 284 499 parameters for 83 characters;
/// **Deviates:** it carries states from batch to batch.
struct Lstm {
  static constexpr std::string_view kName = "lstm";
  std::int64_t layers = 2, width = 32;
  double dropout = 0;

  std::string text() const;
  template <class F>
  void fields(F&& field) {
    field("layers", layers, "[1, 1000]", "number of recurrent layers");
    field("width", width, "[1, 100000]", "units of each, and features of the embedding");
    field("dropout", dropout, "[0, 1)", "probability of dropping an input or output of a layer");
  }
};

/// transformer and lstm.
RAVINE_EXPORT Catalog<SequenceModel> sequence_model_catalog();

}  // namespace ravine
