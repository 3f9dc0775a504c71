#include "ravine/problems/hidden_layers.hpp"

#include <fmt/format.h>

#include <iterator>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"

namespace ravine {
namespace {

constexpr std::size_t kMostUnits = 1000000, kMostRepeats = 1000;

[[noreturn]] void refuse(std::string_view text) {
  fail("hidden is '{}': write widths such as 100, 100x3 or 1000-500-100", text);
}

std::size_t parse_count(std::string_view digits, std::string_view text, std::size_t most) {
  std::size_t count = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') refuse(text);
    count = 10 * count + static_cast<std::size_t>(c - '0');
    if (count > most) fail("hidden is '{}': {} is the most where it says {}", text, most, digits);
  }
  if (count == 0) refuse(text);
  return count;
}

}  // namespace

std::vector<std::size_t> parse_hidden_layers(std::string_view text) {
  std::vector<std::size_t> widths;
  for (const std::string& piece : split_outside_parentheses(text, '-')) {
    const auto cross = piece.find('x');
    const std::size_t width =
        parse_count(std::string_view(piece).substr(0, cross), text, kMostUnits);
    const std::size_t repeat =
        cross == std::string::npos
            ? 1
            : parse_count(std::string_view(piece).substr(cross + 1), text, kMostRepeats);
    widths.insert(widths.end(), repeat, width);
  }
  if (widths.empty()) refuse(text);
  return widths;
}

std::string write_hidden_layers(const std::vector<std::size_t>& widths) {
  std::string text;
  for (std::size_t i = 0; i < widths.size();) {
    std::size_t end = i;
    while (end < widths.size() && widths[end] == widths[i]) ++end;
    if (!text.empty()) text += "-";
    fmt::format_to(std::back_inserter(text), "{}", widths[i]);
    if (end - i > 1) fmt::format_to(std::back_inserter(text), "x{}", end - i);
    i = end;
  }
  return text;
}

}  // namespace ravine
