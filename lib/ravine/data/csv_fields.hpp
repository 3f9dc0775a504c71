#pragma once

#include <string_view>
#include <vector>

namespace ravine::detail {

/// The sign that separates the fields of a table: the one of comma, semicolon and tab that every
/// line has equally often outside quotes, or blanks if the first line has none of them. Throws
/// Error if two signs do so, as in tables with decimal commas.
char find_separator(std::string_view text, std::string_view name);

/// The fields of a line, without blanks and one pair of quotes around them. A quoted field may
/// hold the separator; a run of blanks separates once.
void split_fields(std::string_view line, char separator, std::vector<std::string_view>& fields);

}  // namespace ravine::detail
