#include "ravine/data/cifar.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "ravine/core/error.hpp"
#include "ravine/data/data_catalog.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

constexpr std::size_t kRecord = 3073;

// Record i: label i % 10, red i, green i + 1, blue i + 2.
std::vector<std::uint8_t> records(std::size_t count) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i % 10));
    for (std::size_t plane = 0; plane < 3; ++plane)
      bytes.insert(bytes.end(), 1024, static_cast<std::uint8_t>(i + plane));
  }
  return bytes;
}

std::string refusal(std::span<const std::uint8_t> bytes) {
  CifarImages images;
  return refusal_of([&] { parse_cifar(bytes, "batch.bin", images); });
}

TEST(Cifar, ReadsLabelsAndPlanesAndAppends) {
  CifarImages images;
  parse_cifar(records(3), "first", images);
  parse_cifar(records(2), "second", images);
  EXPECT_EQ(images.labels, (std::vector<std::int32_t>{0, 1, 2, 0, 1}));
  ASSERT_EQ(images.pixels.size(), 5 * CifarImages::kPixels);
  EXPECT_EQ(images.pixels[2 * CifarImages::kPixels], 2);
  EXPECT_EQ(images.pixels[2 * CifarImages::kPixels + 1024], 3);
  EXPECT_EQ(images.pixels[3 * CifarImages::kPixels - 1], 4);
}

TEST(Cifar, RefusesWhatIsNoWholeNumberOfRecords) {
  const auto bytes = records(2);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kRecord - 1, kRecord + 1})
    EXPECT_NE(refusal(std::span(bytes).first(size)).find("'batch.bin' has"), std::string::npos)
        << size;
  EXPECT_EQ(refusal(bytes), "");
}

TEST(Cifar, RefusesALabelAboveNine) {
  auto bytes = records(2);
  bytes[kRecord] = 10;
  EXPECT_EQ(refusal(bytes),
            "image 1 of 'batch.bin' has label 10, but CIFAR-10 has classes 0 to 9: fetch it again");
}

void write(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

std::string refusal(const std::filesystem::path& folder) {
  return refusal_of(
      [&] { data_catalog().load({.name = "cifar10", .directory = folder.string()}); });
}

TEST(Cifar, WholeSetIsCheckedBySizeAndClassCounts) {
  const TemporaryFolder folder;
  EXPECT_NE(refusal(folder.path()).find("data_batch_1.bin"), std::string::npos);
  auto bytes = records(10000);
  const auto below = folder.path() / "cifar-10-batches-bin";
  std::filesystem::create_directory(below);
  for (int i = 1; i <= 5; ++i) write(below / fmt::format("data_batch_{}.bin", i), bytes);
  EXPECT_NE(refusal(folder.path()).find("test_batch.bin"), std::string::npos);
  bytes[0] = 1;
  write(below / "test_batch.bin", bytes);
  EXPECT_NE(refusal(folder.path()).find("999 images of class 0"), std::string::npos);
  bytes.pop_back();
  write(below / "test_batch.bin", bytes);
  EXPECT_NE(refusal(folder.path()).find("has 30729999 bytes"), std::string::npos);
  bytes.push_back(9);
  bytes[0] = 0;
  write(below / "test_batch.bin", bytes);
  const auto data = data_catalog().load({.name = "cifar10", .directory = folder.path().string()});
  EXPECT_EQ(data->features.cols, 3072u);
  EXPECT_EQ(data->classes, 10u);
  EXPECT_EQ(data->train.size(), 40000u);
  EXPECT_EQ(data->validation.size(), 10000u);
  EXPECT_EQ(data->test.size(), 10000u);
}

}  // namespace
}  // namespace ravine
