#include "ravine/data/csv_header.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/data/numbers.hpp"

namespace ravine::detail {
namespace {

CellKind kind_of(std::string_view cell) {
  double number = 0;
  return read_cell(cell, number);
}

std::size_t column_named(const Fields& names, std::string_view name, const TextPosition& at) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    std::vector<std::string> known(names.begin(), names.end());
    for (std::string& one : known) one = shown(one);
    fail(
        "'{}', line {} does not name a column '{}'{}: give target=last, first, a name or a number "
        "from 1",
        at.name, at.line, name, did_you_mean(name, known));
  }
  if (std::find(found + 1, names.end(), name) != names.end())
    fail("'{}', line {} names two columns '{}': give the target's number, such as target={}",
         at.name, at.line, name, found - names.begin() + 1);
  return static_cast<std::size_t>(found - names.begin());
}

// The target's column, and whether it was found by its name. A number is never a name: it would
// name the first line a header wherever it stands in a row.
std::pair<std::size_t, bool> locate_target(const Fields& first, const CsvOptions& options,
                                           const TextPosition& at) {
  if (options.target == "last") return {first.size() - 1, false};
  if (options.target == "first") return {options.skip, false};
  double number = 0;
  if (read_cell(options.target, number) == CellKind::kNumber) {
    const auto columns = static_cast<double>(first.size());
    if (!(number >= 1 && number <= columns && number == std::floor(number)))
      fail("target={} is not a column of '{}': its columns are numbered from 1 to {}",
           options.target, at.name, first.size());
    return {static_cast<std::size_t>(number) - 1, false};
  }
  if (options.header == "no")
    fail("target={} names a column, but header=no: give last, first or a number from 1 to {}",
         options.target, first.size());
  return {column_named(first, options.target, at), true};
}

// 0, 1, 2, ... or 1, 2, ...: names that programs give to columns without one. A single 1 says
// nothing.
bool count_up(const Fields& numbers) {
  const std::size_t start = numbers.size() > 1 && numbers[0] == "1" ? 1 : 0;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] != std::to_string(start + i)) return false;
  return true;
}

void check_names(const Fields& first, const TextPosition& at) {
  const auto empty = std::ranges::find(first, std::string_view());
  if (empty == first.begin() || first[0] == "Unnamed: 0")  // as pandas calls it when it reads it
    fail(
        "'{}', line {}: column 1 has no name, as if pandas had written row numbers there: write "
        "the table without them (index=False), or name the column",
        at.name, at.line);
  if (empty != first.end())
    fail("'{}', line {}: column {} has no name: name it or remove it", at.name, at.line,
         empty - first.begin() + 1);
}

}  // namespace

void refuse_doubtful_header(const TextPosition& at) {
  fail(
      "'{}', line {} could be a header or a row: set header=yes if it names the columns, header=no "
      "if it is a row",
      at.name, at.line);
}

FirstLine judge_first_line(const Fields& first, const Fields& second, const CsvOptions& options,
                           const TextPosition& at) {
  const auto [target, by_name] = locate_target(first, options, at);
  FirstLine line{options.header == "yes" || by_name, target};
  if (options.header == "no") return line;
  Fields numbers;
  std::size_t misplaced_words = 0;  // above columns of numbers
  bool misplaced_target = false, has_missing = false;
  for (std::size_t i = options.skip; i < first.size(); ++i) {
    const CellKind kind = kind_of(first[i]);
    const CellKind below = i < second.size() ? kind_of(second[i]) : CellKind::kMissing;
    // Targets may be words, and a column of words in the place of a feature has its own message.
    const bool for_numbers = i == target ? below == CellKind::kNumber : below != CellKind::kWord;
    if (kind == CellKind::kNumber) numbers.push_back(first[i]);
    if (kind == CellKind::kWord && for_numbers) ++misplaced_words;
    if (kind == CellKind::kWord && i == target) misplaced_target = for_numbers;
    has_missing = has_missing || first[i] == "?";
  }
  const bool whole_line = numbers.size() == first.size() - options.skip;
  if (!line.header && numbers.empty()) line.header = misplaced_words > 0 && !has_missing;
  if (!line.header && !numbers.empty() && misplaced_words > 0) {
    if (!misplaced_target || !count_up(numbers)) refuse_doubtful_header(at);
    line.header = true;
  }
  if (line.header) check_names(first, at);
  if (line.header || !count_up(numbers) || numbers.empty() || numbers[0] != "0") return line;
  // A table of numbers whose line 1 is 0, 1, 2 was written with column numbers for names; 0, 1
  // is too common a row.
  constexpr std::size_t kTelling = 3;
  if (whole_line && numbers.size() >= kTelling) refuse_doubtful_header(at);
  line.doubtful = numbers.size() + 1 == first.size() - options.skip;
  return line;
}

}  // namespace ravine::detail
