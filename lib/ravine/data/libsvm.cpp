#include "ravine/data/libsvm.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/data/numbers.hpp"
#include "ravine/data/text_lines.hpp"

namespace ravine {
namespace {

using detail::CellKind;
using detail::shown;

std::string_view next_token(std::string_view& line) {
  const std::size_t end = line.find_first_of(" \t");
  const std::string_view token = line.substr(0, end);
  line = end == std::string_view::npos ? std::string_view{} : trim(line.substr(end));
  return token;
}

// Whether the token is index:value, whatever kind of value that is.
bool parse_pair(std::string_view token, std::int32_t& index, float& value, CellKind& kind) {
  const std::size_t colon = token.find(':');
  if (colon == std::string_view::npos) return false;
  kind = detail::read_cell(token.substr(colon + 1), value);
  const char* const end = token.data() + colon;
  const auto [stop, error] = std::from_chars(token.data(), end, index);
  // The greatest int32 is left out so that the number of columns is an int32 too.
  return error == std::errc{} && stop == end && index >= 0 &&
         index < std::numeric_limits<std::int32_t>::max();
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
    if (const CellKind kind = detail::read_cell(label_text, label); kind != CellKind::kNumber)
      fail("'{}', line {}: label '{}' is {}", name, lines.number(), shown(label_text),
           detail::describe_fault(kind, label_text));
    std::int32_t previous = -1;
    while (!line.empty()) {
      const std::string_view token = next_token(line);
      std::int32_t index = 0;
      float value = 0;
      CellKind kind = CellKind::kNumber;
      if (!parse_pair(token, index, value, kind))
        fail("'{}', line {}: '{}' is not index:value with an index below 2147483647", name,
             lines.number(), shown(token));
      if (kind != CellKind::kNumber) {
        const std::string_view written = token.substr(token.find(':') + 1);
        fail("'{}', line {}: the value of index {} is '{}', {}", name, lines.number(), index,
             shown(written), detail::describe_fault(kind, written));
      }
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
  if (data.labels.size() == rows_before) fail("'{}' has no rows: it is not a LIBSVM text", name);
}

void check_columns(const LibsvmRows& data, std::string_view name) {
  constexpr std::size_t kAlways = std::size_t{1} << 20, kPerValue = 100;
  const std::size_t values = data.rows.columns.size();
  if (const auto greatest = static_cast<std::size_t>(std::max(data.greatest_index, 0));
      greatest > std::max(kAlways, kPerValue * values))
    fail(
        "'{}' has the index {} but only {} values: a model needs a weight for every index, so "
        "renumber the features that occur from 1",
        name, greatest, values);
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
