#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace ravine::fuzz {

/// A file without a disk, for readers that want a path. Removed at the end of the process.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view ending);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(std::span<const std::uint8_t> content) const;

 private:
  std::filesystem::path folder_, path_;
};

}  // namespace ravine::fuzz
