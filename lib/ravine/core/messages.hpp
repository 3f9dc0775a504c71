#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "ravine/export.hpp"

namespace ravine {

/// Puts something that cannot be written to in the place of standard streams that are closed:
/// otherwise the next file that is opened, a result perhaps, would take the messages. Makes a
/// limit on the size of files (SIGXFSZ) an error of writing. Programs call it first.
RAVINE_EXPORT void hold_standard_streams() noexcept;

/// Says so on standard error and returns false if there is not even the memory for an exception
/// and its message: programs that then end have an exit code.
RAVINE_EXPORT bool can_start() noexcept;

/// Writes to a file descriptor as far as it goes; a full disk, a closed file or a reader that is
/// gone (without SIGPIPE) loses the text. Async-signal-safe. Never throws.
RAVINE_EXPORT void write_quietly(int descriptor, std::string_view text) noexcept;

/// Writes to standard output. Throws IoError if that is impossible: an answer that nobody gets is
/// an error. flush_answers() comes last.
RAVINE_EXPORT void answer_text(std::string_view text);
RAVINE_EXPORT void flush_answers();

/// A message to the user on standard error. No run fails for want of a place for its messages.
template <class... Arguments>
void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) noexcept {
  try {
    write_quietly(2, fmt::format(format, std::forward<Arguments>(arguments)...));
  } catch (...) {  // no memory for the text
  }
}

/// What the user asked for, on standard output. Throws IoError if it cannot be written.
template <class... Arguments>
void answer(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  answer_text(fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace ravine
