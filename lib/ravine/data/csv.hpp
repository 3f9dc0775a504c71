#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// What targets are; kAuto leaves it to them.
enum class Task { kAuto, kClasses, kRegression };

struct CsvOptions {
  std::string_view target = "last";  // last | first | its name in the header | its number from 1
  std::size_t skip = 0;              // leading columns that are left out, such as an id
  std::string_view header = "auto";  // yes | no | auto: whether the first line names the columns
  Task task = Task::kAuto;
};

/// The rows of one or several CSV texts.
struct CsvTable {
  std::size_t rows = 0, cols = 0;         // cols counts features only
  std::vector<float> values;              // rows x cols
  std::vector<std::string_view> targets;  // as written; they point into the parsed texts
  bool words = false;                     // targets are all words; else they are all numbers
  bool header = false;                    // the last text had one
  std::size_t target_column = 0;          // counted from 0, skipped columns included
  std::string target_name;                // from the header
};

/// Appends the rows of a table to `table`: numeric features and a target.
///
/// A column holds numbers or words, never both, and features are numbers. Fields are separated by
/// the one of comma, semicolon and tab that every line has equally often, or else by blanks; a
/// field may be quoted. With header=auto the first line is a header if a word stands above a column
/// of numbers and no number is in it, or if its numbers count up from 0 or 1 and the target's cell
/// is such a word ("0,1,label"). Empty lines may only end the file. `task` = kClasses takes targets
/// that look like broken numbers (1st, 10-19, +) for words, too.
/// Throws Error with name, line and column for a missing value, a feature that is not a finite
/// number, a target that differs in kind from those before it, a first line that may be either, two
/// separators, a row of another length, and a text without rows. Numbers too small for single
/// precision become the nearest that it has. Memory is proportional to the text. Thread-safe on
/// distinct tables.
RAVINE_EXPORT void parse_csv(std::string_view text, std::string_view name,
                             const CsvOptions& options, CsvTable& table);

}  // namespace ravine
