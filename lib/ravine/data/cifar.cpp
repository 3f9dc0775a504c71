#include "ravine/data/cifar.hpp"

#include <algorithm>
#include <array>

#include "ravine/core/error.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine {
namespace {

constexpr std::size_t kRecord = 1 + CifarImages::kPixels;
constexpr std::size_t kClasses = 10;
constexpr std::size_t kRecordsPerFile = 10000;
constexpr std::array kFiles = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                               "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};
constexpr std::size_t kTrainingFiles = 5;

std::filesystem::path folder_of_files(const std::filesystem::path& directory) {
  for (const auto& folder : {directory / "cifar-10-batches-bin", directory}) {
    std::error_code error;
    if (!directory.empty() && std::filesystem::exists(folder / kFiles.front(), error))
      return folder;
  }
  fail(
      "data set 'cifar10' needs {} and the other files of cifar-10-binary.tar.gz in '{}': unpack "
      "it there, or point --data-dir or RAVINE_DATA_DIR at them",
      kFiles.front(), directory.string());
}

void check_balance(std::span<const CifarFile> files) {
  std::array<std::size_t, kClasses> counts{};
  for (const CifarFile& file : files)
    for (std::size_t i = 0; i < kRecordsPerFile; ++i)
      ++counts[std::min<std::size_t>(file.content[i * kRecord], kClasses - 1)];
  for (std::size_t label = 0; label < kClasses; ++label)
    if (counts[label] != files.size() * kRecordsPerFile / kClasses)
      fail("'{}' to '{}' hold {} images of class {}, but CIFAR-10 has {}: unpack them again",
           files.front().name, files.back().name, counts[label], label,
           files.size() * kRecordsPerFile / kClasses);
}

}  // namespace

void parse_cifar(std::span<const std::uint8_t> bytes, std::string_view name, CifarImages& images) {
  if (bytes.empty() || bytes.size() % kRecord != 0)
    fail("'{}' has {} bytes, but CIFAR-10 images take {} bytes each: is it another kind of file?",
         name, bytes.size(), kRecord);
  for (std::size_t begin = 0; begin < bytes.size(); begin += kRecord) {
    const auto record = bytes.subspan(begin, kRecord);
    if (record[0] >= kClasses)
      fail("image {} of '{}' has label {}, but CIFAR-10 has classes 0 to {}: fetch it again",
           begin / kRecord, name, record[0], kClasses - 1);
    images.labels.push_back(record[0]);
    images.pixels.insert(images.pixels.end(), record.begin() + 1, record.end());
  }
}

std::vector<CifarFile> read_cifar10_files(const std::filesystem::path& directory) {
  const std::filesystem::path folder = folder_of_files(directory);
  std::vector<CifarFile> files;
  for (const char* name : kFiles) {
    files.push_back({(folder / name).string(), read_file(folder / name)});
    if (const std::size_t bytes = files.back().content.size(); bytes != kRecordsPerFile * kRecord)
      fail("'{}' has {} bytes, but a file of CIFAR-10 has {}: unpack it again", files.back().name,
           bytes, kRecordsPerFile * kRecord);
  }
  check_balance(std::span(files).first(kTrainingFiles));
  check_balance(std::span(files).subspan(kTrainingFiles));
  return files;
}

}  // namespace ravine
