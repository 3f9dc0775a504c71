#include "ravine/data/csv_fields.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/data/text_lines.hpp"

namespace ravine::detail {
namespace {

constexpr std::string_view kSeparators = ",;\t";  // in the order of preference
using Counts = std::array<std::size_t, kSeparators.size()>;

Counts count_separators(std::string_view line) {
  Counts counts{};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const std::size_t sign = quoted ? std::string_view::npos : kSeparators.find(c);
    if (sign != std::string_view::npos) ++counts[sign];
  }
  return counts;
}

std::string_view name_of_separator(std::size_t sign) {
  return kSeparators[sign] == '\t' ? "tab" : kSeparators.substr(sign, 1);
}

std::string_view clean_field(std::string_view field) {
  field = trim(field);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
    field = trim(field.substr(1, field.size() - 2));
  return field;
}

}  // namespace

char find_separator(std::string_view text, std::string_view name) {
  TextLines lines(text);
  std::string_view line;
  Counts first{}, least{}, most{};
  bool begun = false;
  while (lines.next(line)) {
    if (trim(line).empty()) continue;
    const Counts counts = count_separators(line);
    if (!begun) first = least = most = counts;
    begun = true;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      least[i] = std::min(least[i], counts[i]);
      most[i] = std::max(most[i], counts[i]);
    }
  }
  constexpr std::size_t kNone = kSeparators.size();
  std::size_t regular = kNone, everywhere = kNone, in_first = kNone;
  for (std::size_t i = kNone; i-- > 0;) {
    if (first[i] > 0) in_first = i;
    if (least[i] == 0) continue;
    everywhere = i;
    if (least[i] != most[i]) continue;
    if (regular != kNone)
      fail(
          "every line of '{}' has both '{}' and '{}': write decimals with a point, or quote the "
          "cells that contain one of these characters",
          name, name_of_separator(regular), name_of_separator(i));
    regular = i;
  }
  // Where no sign is regular, the message about the width of a row should be about the likeliest.
  if (regular == kNone) regular = everywhere != kNone ? everywhere : in_first;
  return regular == kNone ? ' ' : kSeparators[regular];
}

void split_fields(std::string_view line, char separator, std::vector<std::string_view>& fields) {
  fields.clear();
  const bool blanks = separator == ' ';
  if (blanks) line = trim(line);
  while (true) {
    const std::size_t begin = line.find_first_not_of(' ');
    std::size_t from = 0;
    if (begin != std::string_view::npos && line[begin] == '"') from = closing_quote(line, begin);
    if (from == std::string_view::npos) from = 0;  // never closed: a quote like any letter
    const std::size_t end = blanks ? line.find_first_of(" \t", from) : line.find(separator, from);
    fields.push_back(clean_field(line.substr(0, end)));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
    if (blanks) line = trim(line);
  }
}

}  // namespace ravine::detail
