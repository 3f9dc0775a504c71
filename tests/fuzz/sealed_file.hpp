#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/memory_file.hpp"
#include "fuzz/targets.hpp"

namespace ravine::fuzz {

/// Writes a right seal and `content` behind it, and returns both.
std::vector<std::byte> write_sealed(const MemoryFile& file, Input content, std::string_view kind,
                                    std::string_view label);

/// An intact sealed HDF5 file and what an attacker makes of it.
///
/// A flipped bit ends at the seal, so inputs are programs instead: each is a list of edits (remove,
/// overwrite, replace, link, extend, ...) that are made through HDF5, and then the file is sealed
/// anew. What comes out is well-formed HDF5 of any content, with a right SHA-256.
class SealedFile {
 public:
  SealedFile(std::vector<std::byte> intact, std::string kind, std::string label);

  /// Writes the edited file and returns its path; it stays until the next call.
  std::filesystem::path edited(Input program) const;
  /// The intact file with the bits of `mask` flipped at some place that `input` names.
  std::filesystem::path damaged(Input input) const;

 private:
  std::vector<std::byte> intact_;
  std::string kind_, label_;
  MemoryFile file_;
  std::vector<std::string> objects_;  // paths of all groups and columns
};

}  // namespace ravine::fuzz
