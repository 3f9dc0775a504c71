#include "ravine/problems/sequence_model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "ravine/core/text.hpp"

namespace ravine {
namespace {

template <class Fields>
class SequenceText final : public SequenceModel {
 public:
  explicit SequenceText(Fields fields) : fields_(std::move(fields)) {}
  std::string layers() const override { return fields_.text(); }

 private:
  Fields fields_;
};

}  // namespace

std::string Transformer::text() const {
  if (width % heads != 0)
    fail("transformer cannot share width={} among heads={}: use a divisor", width, heads);
  const std::string scale = format_number(1 / std::sqrt(2 * static_cast<double>(layers)));
  std::string text = fmt::format("embedding({}) positions", width);
  for (std::int64_t i = 0; i < layers; ++i)
    text += fmt::format(
        " residual(layer_norm(false) attention({0}, bias=false, scale={1})) residual(layer_norm("
        "false) position_dense({2}, bias=false) gelu_tanh position_dense({3}, bias=false, "
        "scale={1}))",
        heads, scale, 4 * width, width);
  return text + " layer_norm(false) tied_output";
}

std::string Lstm::text() const {
  std::string text = fmt::format("embedding({})", width);
  const std::string drop = dropout > 0 ? " dropout(" + format_number(dropout) + ")" : "";
  for (std::int64_t i = 0; i < layers; ++i) text += fmt::format("{0} lstm({1}){0}", drop, width);
  return text + " position_dense";
}

Catalog<SequenceModel> sequence_model_catalog() {
  Catalog<SequenceModel> catalog;
  catalog.add(made_entry<SequenceModel, SequenceText<Transformer>, Transformer>(
      "causal attention, pre-norm, tied outputs", "Radford et al. 2019"));
  catalog.add(made_entry<SequenceModel, SequenceText<Lstm>, Lstm>("long short-term memory",
                                                                  "Karpathy et al. 2015"));
  return catalog;
}

}  // namespace ravine
