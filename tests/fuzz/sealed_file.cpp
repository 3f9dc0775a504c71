#include "fuzz/sealed_file.hpp"

#include <utility>

#include "fuzz/edits.hpp"
#include "fuzz/program.hpp"
#include "ravine/io/sealed_file.hpp"

namespace ravine::fuzz {
namespace {

Input bytes_of(const std::vector<std::byte>& content) {
  return {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()};
}

}  // namespace

std::vector<std::byte> write_sealed(const MemoryFile& file, Input content, std::string_view kind,
                                    std::string_view label) {
  std::vector<std::byte> image(kSealBytes);
  const auto bytes = std::as_bytes(content);
  image.insert(image.end(), bytes.begin(), bytes.end());
  seal(image, kind, label);
  file.write(bytes_of(image));
  return image;
}

SealedFile::SealedFile(std::vector<std::byte> intact, std::string kind, std::string label)
    : intact_(std::move(intact)), kind_(std::move(kind)), label_(std::move(label)), file_(".h5") {
  file_.write(bytes_of(intact_));
  objects_ = list_objects(file_.path());
}

std::filesystem::path SealedFile::edited(Input input) const {
  file_.write(bytes_of(intact_));
  Program program(input);
  edit(file_.path(), objects_, program);
  seal(file_.path(), kind_, label_);
  return file_.path();
}

std::filesystem::path SealedFile::damaged(Input input) const {
  Program program(input);
  std::vector<std::byte> content = intact_;
  const auto place = static_cast<std::uint64_t>(program.integer());
  content[place % content.size()] ^= static_cast<std::byte>(program.byte() | 1u);
  file_.write(bytes_of(content));
  return file_.path();
}

}  // namespace ravine::fuzz
