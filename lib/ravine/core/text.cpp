#include "ravine/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

template <class T>
T parse_number(std::string_view text, std::string_view what, std::string_view kind) {
  text = trim(text);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    fail("{} is '{}': it must be {} that fits 64 bits", what, text, kind);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty())
    fail("{} is '{}': it must be {}", what, text, kind);
  return value;
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::size_t closing_quote(std::string_view text, std::size_t opening) {
  for (std::size_t i = opening + 1; i < text.size(); ++i) {
    if (text[i] != '"') continue;
    if (i + 1 == text.size() || text[i + 1] != '"') return i;
    ++i;
  }
  return std::string_view::npos;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::vector<std::string> split_outside_parentheses(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  if (trim(text).empty()) return pieces;
  int depth = 0;
  std::size_t begin = 0;
  bool may_quote = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && may_quote) {
      i = closing_quote(text, i);
      if (i == std::string_view::npos)
        fail("'{}' has an unclosed quote: write \"...\" around the value", text);
    }
    const bool opens = text[i] == separator || std::string_view("=(,").find(text[i]) < 3;
    may_quote = opens || (may_quote && text[i] == ' ');
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth < 0) break;
    if (text[i] != separator || depth != 0) continue;
    pieces.emplace_back(trim(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  if (depth != 0) fail("'{}' has unbalanced parentheses: write name(key=value, ...)", text);
  pieces.emplace_back(trim(text.substr(begin)));
  return pieces;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = &candidate;
    }
  }
  return best ? fmt::format(" (did you mean '{}'?)", *best) : "";
}

double parse_double(std::string_view text, std::string_view what) {
  return parse_number<double>(text, what, "a number");
}

std::int64_t parse_integer(std::string_view text, std::string_view what) {
  return parse_number<std::int64_t>(text, what, "a whole number");
}

std::string format_number(double value) {
  if (std::isnan(value)) return "nan";  // whatever its sign bit is
  return fmt::format("{}", value);
}

}  // namespace ravine
