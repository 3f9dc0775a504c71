#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "ravine/core/text.hpp"

namespace ravine::detail {

/// The lines of a text, one after the other, with their numbers from 1; ends of lines may be LF or
/// CR LF, and a byte order mark is dropped.
class TextLines {
 public:
  explicit TextLines(std::string_view text) : rest_(text) {
    if (rest_.substr(0, 3) == "\xef\xbb\xbf") rest_.remove_prefix(3);
  }
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line = trim(rest_.substr(0, end));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    return true;
  }
  std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

/// Reads a whole token as a finite number; false for anything else. Locale-independent.
template <class T>
bool parse_finite(std::string_view token, T& value) {
  if (token.size() > 1 && token[0] == '+' && token[1] != '-') token.remove_prefix(1);
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  return error == std::errc{} && stop == end && std::isfinite(value);
}

}  // namespace ravine::detail
