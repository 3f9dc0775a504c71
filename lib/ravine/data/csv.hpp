#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

struct CsvOptions {
  bool target_first = false;  // else the target is the last column
  std::size_t skip = 0;       // leading columns that are neither feature nor target, such as an id
};

/// The rows of one or several CSV texts.
struct CsvTable {
  std::size_t rows = 0, cols = 0;         // cols counts features only
  std::vector<float> values;              // rows x cols
  std::vector<std::string_view> targets;  // as written; they point into the parsed texts
};

/// Appends the rows of a table to `table`: numeric features and a target, number or word.
///
/// Fields are separated by the first of comma, semicolon, tab and blanks that the first line
/// contains; one pair of double quotes around a field is dropped (a separator inside quotes is not
/// supported). A first line without any number is a header. Empty lines may only end the file.
/// Throws Error with name and line for a missing value ('?' or nothing), a feature that is no
/// finite number, a row of another length, and a text without rows. Memory is proportional to the
/// text. Thread-safe on distinct tables.
RAVINE_EXPORT void parse_csv(std::string_view text, std::string_view name,
                             const CsvOptions& options, CsvTable& table);

}  // namespace ravine
