#include "ravine/data/idx.hpp"

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

constexpr std::uint32_t kLabelMagic = 2049, kImageMagic = 2051;
constexpr std::size_t kWord = 4;

std::uint32_t big_endian(std::span<const std::uint8_t> bytes, std::size_t word) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kWord; ++i) value = value << 8 | bytes[word * kWord + i];
  return value;
}

void check_header(std::span<const std::uint8_t> bytes, std::string_view name, std::uint32_t magic,
                  std::string_view what, std::size_t words) {
  if (bytes.size() < words * kWord)
    fail("'{}' has {} bytes, too few for the header of IDX {}: fetch it again", name, bytes.size(),
         what);
  if (big_endian(bytes, 0) != magic)
    fail("'{}' starts with magic number {}, but IDX {} start with {}: is it another kind of file?",
         name, big_endian(bytes, 0), what, magic);
}

}  // namespace

IdxImages parse_idx_images(std::span<const std::uint8_t> bytes, std::string_view name) {
  constexpr std::size_t kHeaderWords = 4;
  check_header(bytes, name, kImageMagic, "images", kHeaderWords);
  IdxImages images;
  images.count = big_endian(bytes, 1);
  images.rows = big_endian(bytes, 2);
  images.cols = big_endian(bytes, 3);
  images.pixels = bytes.subspan(kHeaderWords * kWord);
  // 65535 squared times 2^32 does not overflow 64 bits; larger sides are not images anyway.
  constexpr std::size_t kLargestSide = 65535;
  const bool sides_right = images.rows > 0 && images.rows <= kLargestSide && images.cols > 0 &&
                           images.cols <= kLargestSide;
  if (!sides_right || images.count * images.rows * images.cols != images.pixels.size())
    fail(
        "'{}' should contain {} images of {} x {} pixels, but contains {} bytes of pixels: fetch "
        "it again",
        name, images.count, images.rows, images.cols, images.pixels.size());
  return images;
}

std::span<const std::uint8_t> parse_idx_labels(std::span<const std::uint8_t> bytes,
                                               std::string_view name) {
  constexpr std::size_t kHeaderWords = 2;
  check_header(bytes, name, kLabelMagic, "labels", kHeaderWords);
  const auto labels = bytes.subspan(kHeaderWords * kWord);
  if (big_endian(bytes, 1) != labels.size())
    fail("'{}' should contain {} labels, but contains {}: fetch it again", name,
         big_endian(bytes, 1), labels.size());
  return labels;
}

}  // namespace ravine
