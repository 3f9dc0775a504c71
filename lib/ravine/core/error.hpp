#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "ravine/export.hpp"

namespace ravine {

/// Misuse: the message is one sentence with the offending value, the rule and the remedy.
/// Programs print it and end with exit code 2.
class RAVINE_EXPORT Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The machine's fault, not the user's (full disk, I/O error): what is finished is kept, and the
/// same command continues later. Programs end with exit code 75.
class RAVINE_EXPORT IoError : public Error {
 public:
  using Error::Error;
};

/// Throws Error with a formatted message.
template <class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  throw Error(fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// Throws IoError with a formatted message.
template <class... Arguments>
[[noreturn]] void fail_io(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  throw IoError(fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace ravine
