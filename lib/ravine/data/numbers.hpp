#pragma once

#include <string>
#include <string_view>

namespace ravine::detail {

/// What a cell of a table, or a token of a sparse text, is if it is taken by itself.
enum class CellKind {
  kNumber,    // a finite one that single precision holds
  kTooLarge,  // a number beyond single precision
  kMissing,   // nothing, ?, NA, nan, None, inf, ... in any case
  kOdd,       // begins like a number and is none: 1,5  1_000  0x10  1.5.2  3rd; or a bare sign
  kWord
};

/// Reads a whole token, which is a number or `value` is undefined. A number that is too small for
/// T becomes the nearest that T has, perhaps 0. Locale-independent. T is float or double.
template <class T>
CellKind read_cell(std::string_view cell, T& value);

/// Why a cell that is not a number cannot be one, for "column 2 is 'x': ..." (or "has no value:
/// ...").
std::string describe_fault(CellKind kind, std::string_view cell);

/// A cell as messages show it: without control characters, 40 bytes at most.
std::string shown(std::string_view cell);

}  // namespace ravine::detail
