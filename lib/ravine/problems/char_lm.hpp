#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ravine/data/dataset.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/problems/sequence_model.hpp"

namespace ravine {

/// A language model of characters: the mean, over the positions of every context, of
///
///   -log P(c_t+1 | c_1, ..., c_t)        in nats per character
///
/// where contexts follow one another in the text. The small configuration of nanoGPT (Karpathy
/// 2022) is data=shakespeare.txt, context=64, model=transformer(layers=4, width=128, heads=4);
/// **Deviates:** nanoGPT draws contexts from any offset of the text.
struct CharLm {
  static constexpr std::string_view kName = "char_lm";
  std::string data = "sentences";
  std::int64_t context = 32;
  Nested<SequenceModel> model{"transformer"};
  std::int64_t train = 0;
  bool full = false;
  double l2 = 0;

  static TrialDefaults trial_defaults() {
    return {.initializer = "normal(sd=0.02)", .batch_size = 12};
  }
  void normalize() { data = canonical_data_name(data); }
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    field("data", data, "", "name of a set of texts, or a .txt file");
    field("context", context, "[1, 65536]", "characters of each example");
    field("model", model, "", "the network");
    field("train", train, "[0, 1000000000]",
          "number of training examples to use, from the first; 0 = all");
    field("full", full, "", "add the validation part to the training part");
    field("l2", l2, "[0, inf)", "factor of half the sum of squared weights");
  }
};

}  // namespace ravine
