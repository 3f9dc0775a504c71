#include "ravine/data/cifar.hpp"

#include "fuzz/targets.hpp"

namespace ravine::fuzz {

void cifar(Input input) {
  CifarImages images;
  parse_cifar(input, "batch.bin", images);
  require(images.labels.size() * (CifarImages::kPixels + 1) == input.size(), "one label a record");
  require(images.pixels.size() == images.labels.size() * CifarImages::kPixels, "all pixels");
  for (const std::int32_t label : images.labels) require(label >= 0 && label < 10, "ten classes");
}

}  // namespace ravine::fuzz
