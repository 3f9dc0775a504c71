#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

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

inline void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << text << "' lacks '" << part << "'";
}

}  // namespace ravine
