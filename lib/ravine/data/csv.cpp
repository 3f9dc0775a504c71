#include "ravine/data/csv.hpp"

#include <algorithm>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/data/csv_fields.hpp"
#include "ravine/data/csv_header.hpp"
#include "ravine/data/numbers.hpp"
#include "ravine/data/text_lines.hpp"

namespace ravine {
namespace {

using detail::CellKind;
using detail::Fields;
using detail::shown;
using detail::TextPosition;

[[noreturn]] void refuse(std::string_view cell, CellKind kind, std::size_t column,
                         const TextPosition& at) {
  const std::string reason = detail::describe_fault(kind, cell);
  if (cell.empty()) fail("'{}', line {}: column {} is empty, {}", at.name, at.line, column, reason);
  fail("'{}', line {}: column {} is '{}', {}", at.name, at.line, column, shown(cell), reason);
}

// The targets of a table by kind: the first of each, for the message that they do not mix.
class TargetKinds {
 public:
  explicit TargetKinds(Task task) : task_(task) {}

  void add(std::string_view cell, std::size_t column, const TextPosition& at) {
    double number = 0;
    CellKind kind = detail::read_cell(cell, number);
    if (kind == CellKind::kOdd && task_ == Task::kClasses) kind = CellKind::kWord;
    if (kind == CellKind::kOdd && numbers_.line == 0)
      fail(
          "'{}', line {}: column {} is '{}', neither a number nor clearly a word: correct it, or "
          "set task=classes if such cells name classes",
          at.name, at.line, column, shown(cell));
    const bool word = kind == CellKind::kWord && !cell.starts_with('"');
    if (!word && kind != CellKind::kNumber) refuse(cell, kind, column, at);
    const Seen& other = word ? numbers_ : words_;
    if (other.line != 0)
      fail(
          "'{}', line {}: column {} is '{}', but line {}{} has the {} '{}' there: a column must "
          "hold either numbers or words; correct one of the two",
          at.name, at.line, column, shown(cell), other.line,
          other.name == at.name ? "" : fmt::format(" of '{}'", other.name),
          word ? "number" : "word", shown(other.cell));
    if (word && task_ == Task::kRegression)
      fail("'{}', line {}: column {} is '{}', but task=regression needs numbers there", at.name,
           at.line, column, shown(cell));
    Seen& seen = word ? words_ : numbers_;
    if (seen.line == 0) seen = {at.name, at.line, cell};
  }
  bool words() const { return words_.line != 0; }

 private:
  struct Seen {
    std::string_view name;
    std::size_t line = 0;
    std::string_view cell;
  };
  Task task_;
  Seen numbers_, words_;
};

void append_row(const Fields& fields, std::size_t skip, const TextPosition& at, TargetKinds& kinds,
                CsvTable& table) {
  for (std::size_t i = skip; i < fields.size(); ++i) {
    if (i == table.target_column) continue;
    float value = 0;
    const CellKind kind = detail::read_cell(fields[i], value);
    if (kind != CellKind::kNumber) refuse(fields[i], kind, i + 1, at);
    table.values.push_back(value);
  }
  kinds.add(fields[table.target_column], table.target_column + 1, at);
  table.targets.push_back(fields[table.target_column]);
  ++table.rows;
}

void check_encoding(std::string_view text, std::string_view name) {
  if (text.find('\0') != std::string_view::npos)
    fail("'{}' contains zero bytes, as UTF-16 text does: save it as UTF-8", name);
  if (text.find('\r') != std::string_view::npos && text.find('\n') == std::string_view::npos)
    fail("'{}' ends its lines with CR alone: save it with LF or CR LF", name);
}

// The lines of a table with the fields of the line at hand; checks that all have the same number.
class TableLines {
 public:
  TableLines(std::string_view text, std::string_view name, std::size_t width)
      : lines_(text), name_(name), separator_(detail::find_separator(text, name)), width_(width) {}

  bool next(Fields& fields) {
    std::string_view line;
    while (lines_.next(line)) {
      if (trim(line).empty()) {
        if (empty_line_ == 0) empty_line_ = lines_.number();
        continue;
      }
      if (empty_line_ != 0)
        fail("'{}', line {} is empty: remove empty lines between rows", name_, empty_line_);
      detail::split_fields(line, separator_, fields);
      if (width_ == 0) width_ = fields.size();
      if (fields.size() != width_)
        fail("'{}', line {} has {} columns instead of {}", name_, lines_.number(), fields.size(),
             width_);
      return true;
    }
    return false;
  }
  TextPosition at() const { return {name_, lines_.number()}; }

 private:
  detail::TextLines lines_;
  std::string_view name_;
  char separator_;
  std::size_t width_;
  std::size_t empty_line_ = 0;
};

}  // namespace

void parse_csv(std::string_view text, std::string_view name, const CsvOptions& options,
               CsvTable& table) {
  check_encoding(text, name);
  const std::size_t rows_before = table.rows;
  TableLines rows(text, name, rows_before > 0 ? table.cols + options.skip + 1 : 0);
  Fields fields, second;
  if (!rows.next(fields)) fail("'{}' has no rows: it is not a table of numbers", name);
  const TextPosition first_at = rows.at();
  if (fields.size() < options.skip + 2)
    fail("'{}', line {} has {} columns: a table needs at least one feature and a target", name,
         first_at.line, fields.size());
  TableLines ahead = rows;
  if (!ahead.next(second)) second.clear();
  const auto first = detail::judge_first_line(fields, second, options, first_at);
  table.cols = fields.size() - options.skip - 1;
  table.target_column = first.target;
  table.header = first.header;
  if (first.header) table.target_name = fields[first.target];
  TargetKinds kinds(options.task);
  // The targets of an earlier text count, too.
  if (rows_before > 0) kinds.add(table.targets[0], first.target + 1, {"the first file", 1});
  if (!first.header) append_row(fields, options.skip, first_at, kinds, table);
  while (rows.next(fields)) append_row(fields, options.skip, rows.at(), kinds, table);
  if (table.rows == rows_before) fail("'{}' has no rows: it is not a table of numbers", name);
  table.words = kinds.words();
  const auto& targets = table.targets;
  const auto own = targets.begin() + static_cast<std::ptrdiff_t>(rows_before);
  if (first.doubtful && std::find(own + 1, targets.end(), *own) == targets.end())
    detail::refuse_doubtful_header(first_at);
}

}  // namespace ravine
