#include "ravine/data/idx.hpp"

#include "fuzz/targets.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine::fuzz {
namespace {

Bytes inflate(Input input) {
  constexpr std::size_t kLimit = std::size_t{1} << 20;
  Bytes content = gunzip(input, "file.gz", kLimit);
  require(content.size() <= kLimit, "the limit holds");
  require(content.size() <= 1032 * input.size(), "no more than DEFLATE can reach");
  return content;
}

}  // namespace

// The lowest bit of the first byte: images or labels; the next one: the rest is gzipped.
void idx(Input input) {
  if (input.empty()) return;
  const Bytes inflated = input[0] & 2u ? inflate(input.subspan(1)) : Bytes{};
  const Input file = input[0] & 2u ? Input(inflated) : input.subspan(1);
  if (input[0] & 1u) {
    require(parse_idx_labels(file, "labels").size() + 8 == file.size(), "all labels are returned");
    return;
  }
  const IdxImages images = parse_idx_images(file, "images");
  require(images.count * images.rows * images.cols == images.pixels.size(),
          "the sides fit the number of pixels");
  require(images.pixels.size() + 16 == file.size(), "all pixels are returned");
}

}  // namespace ravine::fuzz
