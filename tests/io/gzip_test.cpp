#include "ravine/io/gzip.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/gzipped.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

std::string inflated(const std::string& packed, std::size_t limit = kLargestFileBytes) {
  return std::string(as_text(gunzip(bytes_of(packed), "file.gz", limit)));
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += std::to_string(i * 7919 % 10007) + ' ';
  return text;
}

// Independent of zlib's writer: "hello\n" by gzip -n.
constexpr unsigned char kHello[] = {0x1f, 0x8b, 8,    0,    0,    0,    0,    0, 0,
                                    3,    0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 2, 0,
                                    0x20, 0x30, 0x3a, 0x36, 6,    0,    0,    0};

TEST(Gunzip, ReadsWhatGzipWrote) {
  EXPECT_EQ(as_text(gunzip(kHello, "hello")), "hello\n");
  EXPECT_EQ(inflated(gzipped("")), "");
  EXPECT_EQ(inflated(gzipped(long_text())), long_text());
}

TEST(Gunzip, ReadsSeveralMembers) {
  EXPECT_EQ(inflated(gzipped("one ") + gzipped("") + gzipped(long_text())), "one " + long_text());
  EXPECT_EQ(inflated(gzipped(long_text()) + gzipped("x")), long_text() + "x");
}

TEST(Gunzip, RefusesEveryTruncation) {
  const std::string packed = gzipped("a short text, a short text");
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_NE(refusal_of([&] { inflated(packed.substr(0, size)); }), "") << size;
  const std::string long_packed = gzipped(long_text());
  expect_contains(refusal_of([&] { inflated(long_packed.substr(0, long_packed.size() / 2)); }),
                  "'file.gz' is a truncated gzip file");
}

// A flipped bit may lie in the padding after the compressed data; it never changes the content.
TEST(Gunzip, AFlippedByteNeverChangesTheContentUnnoticed) {
  constexpr std::size_t kHeader = 10;
  const std::string text = "a short text, a short text", packed = gzipped(text);
  std::size_t harmless = 0;
  for (std::size_t i = kHeader; i < packed.size(); ++i) {
    std::string flipped = packed, content;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    if (!refusal_of([&] { content = inflated(flipped); }).empty()) continue;
    EXPECT_EQ(content, text) << i;
    ++harmless;
  }
  EXPECT_LE(harmless, 1u);
}

TEST(Gunzip, RefusesForeignBytesAtTheEnd) {
  expect_contains(refusal_of([&] { inflated(gzipped("text") + "garbage"); }), "7 extra bytes");
}

TEST(Gunzip, RefusesContentAboveTheLimit) {
  const std::string packed = gzipped(std::string(5000, 'a'));
  EXPECT_EQ(inflated(packed, 5000).size(), 5000u);
  expect_contains(refusal_of([&] { inflated(packed, 4999); }), "more than 4999 bytes");
  expect_contains(refusal_of([&] { inflated(packed + packed, 9999); }), "more than 9999 bytes");
}

TEST(ReadFile, ReturnsTheStoredBytes) {
  const TemporaryFolder folder;
  const std::string packed = gzipped("text");
  EXPECT_EQ(as_text(read_file(folder.write("a.gz", packed))), packed);
  EXPECT_TRUE(read_file(folder.write("empty", "")).empty());
  EXPECT_TRUE(is_gzip(bytes_of(packed)));
  EXPECT_FALSE(is_gzip(bytes_of("text")));
  EXPECT_FALSE(is_gzip({}));
}

TEST(ReadFile, RefusesWhatIsNoReadableFile) {
  const TemporaryFolder folder;
  expect_contains(refusal_of([&] { read_file(folder / "none"); }), "/none' does not exist");
  expect_contains(refusal_of([&] { read_file(folder.path()); }), "is not a regular file");
  expect_contains(refusal_of([&] { read_file(folder.write("five", "12345"), 4); }), "at most 4");
}

}  // namespace
}  // namespace ravine
