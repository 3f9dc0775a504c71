#include "ravine/io/sealed_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using Bytes = std::vector<std::byte>;

/// A sealed image whose content is 0, 1, 2, ...
Bytes sealed_image(std::size_t content = 1000) {
  Bytes image(kSealBytes + content);
  for (std::size_t i = 0; i < content; ++i) image[kSealBytes + i] = static_cast<std::byte>(i % 251);
  seal(image, "ravine-test", "a-build");
  return image;
}

std::string refusal(const Bytes& image) {
  return refusal_of([&] { verify(image, "ravine-test", "some.h5"); });
}

TEST(Seal, SaysWhatAnUnalteredFileIs) {
  const SealInfo info = verify(sealed_image(), "ravine-test", "some.h5");
  EXPECT_EQ(info.kind, "ravine-test");
  EXPECT_EQ(info.label, "a-build");
}

TEST(Seal, FollowsItsDescription) {
  Bytes image = sealed_image();
  const Bytes stored(image.begin() + 24, image.begin() + 56);
  std::fill(image.begin() + 24, image.begin() + 56, std::byte{0});
  Sha256 digest;
  digest.update(image);
  EXPECT_EQ(to_hex(stored), digest.finish_hex());
  EXPECT_EQ(std::to_integer<int>(image[16]) + 256 * std::to_integer<int>(image[17]), 1000);
}

TEST(Seal, NoticesEveryFlippedBit) {
  const Bytes image = sealed_image();
  for (std::size_t bit = 0; bit < 8 * image.size(); ++bit) {
    Bytes altered = image;
    altered[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    const std::string message = refusal(altered);
    ASSERT_NE(message, "") << bit;
    ASSERT_NE(message.find("some.h5"), std::string::npos) << message;
  }
}

TEST(Seal, NoticesEveryTruncationAndWhatWasAdded) {
  const Bytes image = sealed_image(100);
  for (std::size_t size = 0; size < image.size(); ++size)
    ASSERT_NE(refusal({image.begin(), image.begin() + static_cast<std::ptrdiff_t>(size)})
                  .find("truncated"),
              std::string::npos)
        << size;
  Bytes longer = image;
  longer.push_back(std::byte{0});
  EXPECT_NE(refusal(longer).find("added"), std::string::npos);
}

TEST(Seal, ToldTheReasonApart) {
  Bytes image = sealed_image();
  image[8] = std::byte{2};
  EXPECT_NE(refusal(image).find("version 2"), std::string::npos);
  EXPECT_NE(refusal(Bytes(2000)).find("not a ravine file"), std::string::npos);
  image = sealed_image();
  seal(image, "ravine-other", "");
  EXPECT_NE(refusal(image).find("a ravine-other file, not a ravine-test file"), std::string::npos);
  EXPECT_THROW(seal(image, std::string(33, 'k'), ""), Error);
}

TEST(Seal, OnDiskAndInMemoryAreOne) {
  const TemporaryFolder folder;
  for (const std::size_t content : {0u, 1u, 5000000u}) {
    Bytes image = sealed_image(content);
    const Bytes sealed = image;
    std::fill(image.begin(), image.begin() + kSealBytes, std::byte{0});
    write_bytes(folder / "file", image);
    seal(folder / "file", "ravine-test", "a-build");
    EXPECT_TRUE(read_bytes(folder / "file") == sealed) << content;
    EXPECT_EQ(verify(folder / "file", "ravine-test").label, "a-build");
  }
  Bytes last = read_bytes(folder / "file");
  last.back() ^= std::byte{1};
  write_bytes(folder / "file", last);
  EXPECT_THROW(verify(folder / "file", ""), Error);
  EXPECT_THROW(verify(folder / "absent", ""), Error);
  EXPECT_THROW(verify(folder.path(), ""), Error);
}

}  // namespace
}  // namespace ravine
