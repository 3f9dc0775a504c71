#include "ravine/data/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "ravine/core/text.hpp"

namespace ravine::detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view without_sign(std::string_view cell) {
  if (!cell.empty() && (cell[0] == '+' || cell[0] == '-')) cell.remove_prefix(1);
  return cell;
}

// Of a decimal number outside double's range, which std::from_chars refuses whether it is huge or
// tiny: the power of ten of its first digit that is not 0 decides.
bool is_tiny(std::string_view number) {
  const std::size_t e = number.find_first_of("eE");
  const std::string_view digits = number.substr(0, e);
  long long power = 0;
  if (e != std::string_view::npos) {
    const bool negative = number.substr(e + 1).starts_with('-');
    const std::string_view exponent = without_sign(number.substr(e + 1));
    const auto [end, error] =
        std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
    static_cast<void>(end);
    // No file has as many digits as such an exponent would need to be made up for.
    if (error != std::errc{}) return negative;
    if (negative) power = -power;
  }
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = std::min(digits.find_first_of("123456789"), digits.size());
  return power + static_cast<long long>(point) - static_cast<long long>(first) < 0;
}

// Words that other programs write where there is no value, and what no optimizer can use.
bool means_nothing(std::string_view cell) {
  constexpr std::array<std::string_view, 20> kWords = {
      "",    "?",    "--",   "---", ".",       "..",   "*",   "na",  "n/a",      "#n/a",
      "nan", "null", "none", "nil", "missing", "<na>", "nat", "inf", "infinity", "#num!"};
  const std::string word = lower_case(cell);
  const std::string_view bare = word.size() > 1 ? without_sign(word) : word;  // -inf
  return std::ranges::find(kWords, word) != kWords.end() ||
         std::ranges::find(kWords, bare) != kWords.end();
}

// A digit, perhaps behind signs, points, brackets, quotes; signs alone, too.
bool begins_like_a_number(std::string_view cell) {
  for (const char c : cell) {
    if (is_digit(c)) return true;
    if (is_letter(c) || static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

}  // namespace

template <class T>
CellKind read_cell(std::string_view cell, T& value) {
  std::string_view number = cell;
  if (number.size() > 1 && number[0] == '+' && number[1] != '-') number.remove_prefix(1);
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, value);
  if (stop == end && error == std::errc{} && std::isfinite(value)) {
    const bool fits = std::abs(static_cast<double>(value)) <= std::numeric_limits<float>::max();
    return fits ? CellKind::kNumber : CellKind::kTooLarge;
  }
  if (stop == end && error == std::errc::result_out_of_range) {
    double wide = 0;
    if (std::from_chars(number.data(), end, wide).ec != std::errc{}) {
      if (!is_tiny(without_sign(number))) return CellKind::kTooLarge;
      wide = 0;
    }
    if (std::abs(wide) > std::numeric_limits<float>::max()) return CellKind::kTooLarge;
    value = static_cast<T>(wide);
    return CellKind::kNumber;
  }
  if (means_nothing(cell)) return CellKind::kMissing;
  return begins_like_a_number(cell) ? CellKind::kOdd : CellKind::kWord;
}

template CellKind read_cell(std::string_view cell, float& value);
template CellKind read_cell(std::string_view cell, double& value);

std::string describe_fault(CellKind kind, std::string_view cell) {
  switch (kind) {
    case CellKind::kTooLarge:
      return "too large for single precision, which ends at 3.4e38: use another unit";
    case CellKind::kMissing:
      return "a missing value: fill or remove rows with missing values";
    default:
      break;
  }
  if (cell.starts_with('"')) return "a text whose quote is not closed in this line: close it";
  const bool several = kind == CellKind::kOdd && cell.find(' ') != std::string_view::npos;
  if (several)
    return "not a single number: separate all columns by one character and write decimals with a "
           "point";
  if (kind == CellKind::kOdd && cell.find(',') != std::string_view::npos)
    return "not a number: write decimals with a point, and thousands without a separator";
  return kind == CellKind::kWord ? "not a number: correct it, or write words as numbers"
                                 : "not a number: correct it or remove its row";
}

std::string shown(std::string_view cell) {
  constexpr std::size_t kLongest = 40;
  std::string text(cell.substr(0, kLongest));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  return cell.size() > kLongest ? text + "..." : text;
}

}  // namespace ravine::detail
