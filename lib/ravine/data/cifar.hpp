#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/bytes.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Images of 32 x 32 pixels in three planes (red, green, blue), row by row, with their labels.
struct CifarImages {
  static constexpr std::size_t kPixels = 3 * 32 * 32;
  Bytes pixels;                      // count x 3072
  std::vector<std::int32_t> labels;  // 0 ... 9
};

/// Appends the records of a file of CIFAR-10's binary version (Krizhevsky 2009): 3073 bytes each,
/// the label and then the planes. Throws Error naming `name` for an empty text, one that is no
/// whole number of records, and a label above 9. Thread-safe on distinct images.
RAVINE_EXPORT void parse_cifar(std::span<const std::uint8_t> bytes, std::string_view name,
                               CifarImages& images);

/// A file of the full set as stored.
struct CifarFile {
  std::string name;
  Bytes content;
};

/// Reads data_batch_1.bin ... data_batch_5.bin and test_batch.bin, in this order, from `directory`
/// or its cifar-10-batches-bin, as cifar-10-binary.tar.gz unpacks. There is no checksum for the
/// single files: instead each must hold 10 000 records and all classes must be equally frequent in
/// the five and in the last. Throws Error with the remedy otherwise.
RAVINE_EXPORT std::vector<CifarFile> read_cifar10_files(const std::filesystem::path& directory);

}  // namespace ravine
