#include "fuzz/memory_file.hpp"

#include <stdlib.h>

#include <fstream>
#include <string>

#include "fuzz/targets.hpp"

namespace ravine::fuzz {

MemoryFile::MemoryFile(std::string_view ending) {
  const std::filesystem::path memory = "/dev/shm";
  const auto parent =
      std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (parent / "ravine-fuzz-XXXXXX").string();
  require(::mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
  folder_ = pattern;
  path_ = folder_ / ("file" + std::string(ending));
}

MemoryFile::~MemoryFile() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void MemoryFile::write(std::span<const std::uint8_t> content) const {
  std::ofstream file(path_, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(content.data()), std::ssize(content));
  require(file.good(), "a temporary file can be written");
}

}  // namespace ravine::fuzz
