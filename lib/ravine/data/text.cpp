#include "ravine/data/text.hpp"

#include <algorithm>
#include <array>

#include "ravine/core/error.hpp"

namespace ravine {
namespace detail {

void append_examples(std::span<const std::uint8_t> text, std::size_t context,
                     std::span<const std::int32_t, 256> tokens, Dataset& data) {
  const std::size_t rows = (text.size() - 1) / context;
  data.features.tokens.reserve(data.features.tokens.size() + rows * context);
  data.labels.reserve(data.labels.size() + rows * context);
  for (std::size_t i = 0; i < rows * context; ++i) {
    data.features.tokens.push_back(tokens[text[i]]);
    data.labels.push_back(tokens[text[i + 1]]);
  }
  data.features.rows += rows;
}

void number_bytes(std::span<const std::uint8_t> text, std::span<std::int32_t, 256> tokens,
                  std::size_t& vocabulary) {
  std::array<bool, 256> occurs{};
  for (const std::uint8_t byte : text) occurs[byte] = true;
  vocabulary = 0;
  for (std::size_t byte = 0; byte < 256; ++byte)
    tokens[byte] = occurs[byte] ? static_cast<std::int32_t>(vocabulary++) : -1;
}

}  // namespace detail

Dataset cut_text(std::span<const std::uint8_t> text, std::size_t context, std::string_view name) {
  if (text.size() < 2 * context + 1)
    fail("the text '{}' has {} bytes, but two examples of context={} take {}: use a longer text",
         name, text.size(), context, 2 * context + 1);
  Dataset data;
  std::array<std::int32_t, 256> tokens{};
  detail::number_bytes(text, tokens, data.classes);
  if (data.classes < 2)
    fail("the text '{}' repeats one character, so that there is nothing to learn: use another",
         name);
  data.features.cols = data.positions = context;
  data.features.vocabulary = data.classes;
  detail::append_examples(text, context, tokens, data);
  const std::size_t rows = data.features.rows;
  data.train = {0, rows - std::max<std::size_t>(rows / 10, 1)};
  data.validation = {data.train.end, rows};
  data.test = {rows, rows};
  return data;
}

}  // namespace ravine
