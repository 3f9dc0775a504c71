#include "ravine/data/idx.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "support/refusal.hpp"

namespace ravine {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets idx(std::initializer_list<std::uint32_t> header, std::size_t payload) {
  Octets bytes;
  for (std::uint32_t word : header)
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<std::uint8_t>(word >> shift));
  for (std::size_t i = 0; i < payload; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

TEST(Idx, ReadsImages) {
  const Octets bytes = idx({2051, 2, 3, 4}, 24);
  const IdxImages images = parse_idx_images(bytes, "images");
  EXPECT_EQ(images.count, 2u);
  EXPECT_EQ(images.rows, 3u);
  EXPECT_EQ(images.cols, 4u);
  ASSERT_EQ(images.pixels.size(), 24u);
  EXPECT_EQ(images.pixels.front(), 0);
  EXPECT_EQ(images.pixels.back(), 23);
}

TEST(Idx, ReadsLabels) {
  const Octets bytes = idx({2049, 5}, 5);
  const auto labels = parse_idx_labels(bytes, "labels");
  EXPECT_EQ(Octets(labels.begin(), labels.end()), (Octets{0, 1, 2, 3, 4}));
}

TEST(Idx, RefusesEveryOtherLength) {
  for (std::size_t payload = 0; payload < 40; ++payload) {
    const bool images = refusal_of([&] {
                          parse_idx_images(idx({2051, 2, 3, 4}, payload), "x");
                        }).empty();
    const bool labels = refusal_of([&] { parse_idx_labels(idx({2049, 5}, payload), "x"); }).empty();
    EXPECT_EQ(images, payload == 24) << payload;
    EXPECT_EQ(labels, payload == 5) << payload;
  }
  const Octets bytes = idx({2051, 2, 3, 4}, 0);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(refusal_of([&] { parse_idx_images(std::span(bytes).first(size), "x"); }), "") << size;
}

TEST(Idx, RefusesTheOtherKindOfFile) {
  expect_contains(refusal_of([] {
                    parse_idx_images(idx({2049, 24}, 24), "some labels");
                  }),
                  "'some labels' starts with magic number 2049, but IDX images start with 2051");
  EXPECT_NE(refusal_of([] { parse_idx_labels(idx({2051, 2, 3, 4}, 24), "x"); }), "");
}

TEST(Idx, HugeHeadersAreRefusedByTheByteCount) {
  constexpr std::uint32_t kHuge = 0xffffffff;
  EXPECT_NE(refusal_of([] { parse_idx_images(idx({2051, kHuge, kHuge, kHuge}, 16), "x"); }), "");
  // 2^31 x 2 x 2^32 images of pixels would be 0 modulo 2^64.
  EXPECT_NE(refusal_of([] {
              parse_idx_images(idx({2051, 0x80000000, 0x80000000, 4}, 0), "x");
            }),
            "");
  EXPECT_NE(refusal_of([] { parse_idx_images(idx({2051, 0, 0, 28}, 0), "x"); }), "");
  EXPECT_NE(refusal_of([] { parse_idx_labels(idx({2049, kHuge}, 16), "x"); }), "");
}

}  // namespace
}  // namespace ravine
