#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// Cuts at `separator` outside parentheses and quoted texts; blanks around the pieces are dropped.
/// A quote opens at the beginning of a piece and behind '=', '(' and ','. An empty text gives no
/// pieces. Throws Error for unbalanced parentheses and for a quote that is not closed.
RAVINE_EXPORT std::vector<std::string> split_outside_parentheses(std::string_view text,
                                                                 char separator);
RAVINE_EXPORT std::string_view trim(std::string_view text);
/// The index of the quote that closes the one at `opening`, or npos. Two in a row stand for one.
RAVINE_EXPORT std::size_t closing_quote(std::string_view text, std::size_t opening);
/// ASCII letters in lower case, whatever the locale; other bytes as they are.
RAVINE_EXPORT std::string lower_case(std::string_view text);

/// " (did you mean 'x'?)" with the nearest of `known` by edit distance, or "" if none is near.
RAVINE_EXPORT std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& known);

/// Parse a whole text as a number; throw Error naming `what` otherwise. Locale-independent.
RAVINE_EXPORT double parse_double(std::string_view text, std::string_view what);
RAVINE_EXPORT std::int64_t parse_integer(std::string_view text, std::string_view what);

/// The shortest text that reads back as the same double: "0.1", "1e-08".
RAVINE_EXPORT std::string format_number(double value);

}  // namespace ravine
