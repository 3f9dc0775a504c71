#include "ravine/data/libsvm.hpp"

#include <limits>

#include "ravine/core/error.hpp"
#include "ravine/data/text_lines.hpp"

namespace ravine {
namespace {

std::string_view next_token(std::string_view& line) {
  const std::size_t end = line.find_first_of(" \t");
  const std::string_view token = line.substr(0, end);
  line = end == std::string_view::npos ? std::string_view{} : trim(line.substr(end));
  return token;
}

bool parse_pair(std::string_view token, std::int32_t& index, float& value) {
  const std::size_t colon = token.find(':');
  if (colon == std::string_view::npos) return false;
  const char* const end = token.data() + colon;
  const auto [stop, error] = std::from_chars(token.data(), end, index);
  // The greatest int32 is left out so that the number of columns is an int32 too.
  return error == std::errc{} && stop == end && index >= 0 &&
         index < std::numeric_limits<std::int32_t>::max() &&
         detail::parse_finite(token.substr(colon + 1), value);
}

}  // namespace

void parse_libsvm(std::string_view text, std::string_view name, LibsvmRows& data) {
  detail::TextLines lines(text);
  std::string_view line;
  const std::size_t rows_before = data.labels.size();
  while (lines.next(line)) {
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const std::string_view label_text = next_token(line);
    double label = 0;
    if (!detail::parse_finite(label_text, label))
      fail("'{}', line {}: label '{}' is no finite number", name, lines.number(),
           label_text.substr(0, 40));
    std::int32_t previous = -1;
    while (!line.empty()) {
      const std::string_view token = next_token(line);
      std::int32_t index = 0;
      float value = 0;
      if (!parse_pair(token, index, value))
        fail("'{}', line {}: '{}' is not index:value with a finite value", name, lines.number(),
             token.substr(0, 40));
      if (index <= previous)
        fail("'{}', line {}: index {} follows {}: indices must ascend", name, lines.number(), index,
             previous);
      data.rows.columns.push_back(index);
      data.rows.values.push_back(value);
      data.zero_based = data.zero_based || index == 0;
      data.greatest_index = std::max(data.greatest_index, index);
      previous = index;
    }
    data.labels.push_back(label);
    data.rows.row_start.push_back(static_cast<std::int64_t>(data.rows.columns.size()));
  }
  if (data.labels.size() == rows_before) fail("'{}' has no rows: it is no LIBSVM text", name);
}

std::size_t number_from_zero(LibsvmRows& data) {
  if (data.zero_based) return static_cast<std::size_t>(data.greatest_index) + 1;
  for (std::int32_t& column : data.rows.columns) --column;
  const std::int32_t cols = data.greatest_index;
  // A second call finds columns from 0 and leaves them.
  data.zero_based = true;
  --data.greatest_index;
  return cols < 0 ? 0 : static_cast<std::size_t>(cols);
}

}  // namespace ravine
