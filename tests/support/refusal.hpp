#pragma once

#include <string>

#include "ravine/core/error.hpp"

namespace ravine {

/// The sentence with which f() is refused; "" if it is not.
template <class F>
std::string refusal_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace ravine
