#pragma once

#include <cstdint>
#include <span>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Cuts a text into examples of which each asks for the next character at every position:
///
///   x_i = (c_(i n), ..., c_(i n + n - 1)),   t_i = (c_(i n + 1), ..., c_(i n + n))
///
/// for i = 0, 1, ... and n = `context`. Every byte is a token: characters outside of ASCII take
/// several. The vocabulary holds the bytes that the text has, in ascending order. The last tenth of
/// the examples, at the end of the text, is the validation part; there is no test part. Throws
/// Error for a text too short for two examples; `name` is what the message calls it. Thread-safe.
RAVINE_EXPORT Dataset cut_text(std::span<const std::uint8_t> text, std::size_t context,
                               std::string_view name);

namespace detail {
/// Appends the examples of a text; `tokens` has the number of each byte.
void append_examples(std::span<const std::uint8_t> text, std::size_t context,
                     std::span<const std::int32_t, 256> tokens, Dataset& data);
/// The number of each byte that occurs, in ascending order; -1 for others.
void number_bytes(std::span<const std::uint8_t> text, std::span<std::int32_t, 256> tokens,
                  std::size_t& vocabulary);
}  // namespace detail

}  // namespace ravine
