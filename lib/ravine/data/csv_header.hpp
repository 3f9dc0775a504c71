#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "ravine/data/csv.hpp"

namespace ravine::detail {

/// Line `line` of the text `name`, for messages.
struct TextPosition {
  std::string_view name;
  std::size_t line;
};

using Fields = std::vector<std::string_view>;

/// What the first line says about the table.
struct FirstLine {
  bool header = false;
  std::size_t target = 0;  // index of its column
  bool doubtful = false;   // a row, unless no other row has its target: then nobody can tell
};

/// Judges the first line by the second, by the rules of parse_csv. `second` is empty if there is
/// none. Throws Error for a target that is not there, a line that may be a header or a row, and a
/// header in which a name is missing.
FirstLine judge_first_line(const Fields& first, const Fields& second, const CsvOptions& options,
                           const TextPosition& at);

/// Throws the Error for a line that may be a header or a row.
[[noreturn]] void refuse_doubtful_header(const TextPosition& at);

}  // namespace ravine::detail
