#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "ravine/io/files.hpp"

namespace ravine {

inline std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::string content(const std::filesystem::path& path) {
  const auto read = read_bytes(path);
  return {reinterpret_cast<const char*>(read.data()), read.size()};
}

}  // namespace ravine
