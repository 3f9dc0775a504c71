#include "ravine/data/csv.hpp"

#include <algorithm>

#include "ravine/core/error.hpp"
#include "ravine/data/text_lines.hpp"

namespace ravine {
namespace {

char find_separator(std::string_view line) {
  for (char separator : {',', ';', '\t'})
    if (line.find(separator) != std::string_view::npos) return separator;
  return ' ';
}

std::string_view clean_field(std::string_view field) {
  field = trim(field);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
    field = trim(field.substr(1, field.size() - 2));
  return field;
}

void split_fields(std::string_view line, char separator, std::vector<std::string_view>& fields) {
  fields.clear();
  const bool blanks = separator == ' ';
  while (true) {
    const std::size_t end = blanks ? line.find_first_of(" \t") : line.find(separator);
    fields.push_back(clean_field(line.substr(0, end)));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
    if (blanks) line = trim(line);  // a run of blanks separates once
  }
}

bool is_missing(std::string_view field) { return field.empty() || field == "?"; }

bool is_header(const std::vector<std::string_view>& fields) {
  return std::none_of(fields.begin(), fields.end(), [](std::string_view field) {
    double number = 0;
    return is_missing(field) || detail::parse_finite(field, number);
  });
}

struct Position {
  std::string_view name;
  std::size_t line;
};

void append_row(const std::vector<std::string_view>& fields, const CsvOptions& options,
                const Position& at, CsvTable& table) {
  const std::size_t target = options.target_first ? options.skip : fields.size() - 1;
  for (std::size_t i = options.skip; i < fields.size(); ++i) {
    if (is_missing(fields[i]))
      fail("'{}', line {}: column {} has no value: fill or remove rows with missing values",
           at.name, at.line, i + 1);
    if (i == target) continue;
    float value = 0;
    if (!detail::parse_finite(fields[i], value))
      fail("'{}', line {}: column {} is '{}': a feature must be a finite number", at.name, at.line,
           i + 1, fields[i].substr(0, 40));
    table.values.push_back(value);
  }
  table.targets.push_back(fields[target]);
  ++table.rows;
}

}  // namespace

void parse_csv(std::string_view text, std::string_view name, const CsvOptions& options,
               CsvTable& table) {
  detail::TextLines lines(text);
  std::vector<std::string_view> fields;
  std::string_view line;
  char separator = 0;
  std::size_t width = table.rows > 0 ? table.cols + options.skip + 1 : 0;
  std::size_t empty_line = 0;
  const std::size_t rows_before = table.rows;
  while (lines.next(line)) {
    if (line.empty()) {
      if (empty_line == 0) empty_line = lines.number();
      continue;
    }
    if (empty_line != 0)
      fail("'{}', line {} is empty: remove empty lines between rows", name, empty_line);
    const bool first = separator == 0;
    if (first) separator = find_separator(line);
    split_fields(line, separator, fields);
    if (width == 0) width = fields.size();
    if (width < options.skip + 2)
      fail("'{}', line {} has {} columns: a table needs at least one feature and a target", name,
           lines.number(), width);
    if (fields.size() != width)
      fail("'{}', line {} has {} columns where {} are expected", name, lines.number(),
           fields.size(), width);
    if (first && is_header(fields)) continue;
    append_row(fields, options, {name, lines.number()}, table);
  }
  if (table.rows == rows_before) fail("'{}' has no rows: it is no table of numbers", name);
  table.cols = width - options.skip - 1;
}

}  // namespace ravine
