#include "ravine/data/synthetic/glyphs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine {
namespace {

using Pixels = std::vector<std::uint8_t>;

Pixels rows(const Dataset& data, Range range) {
  const auto* const begin = data.features.pixels.data();
  return {begin + range.begin * 784, begin + range.end * 784};
}

// The digest is part of the bits contract: the same under GCC and Clang, in both precisions. If a
// change of the drawing is intended, every result on glyphs changes with it.
TEST(Glyphs, KnownAnswer) {
  EXPECT_EQ(make_glyphs(0).digest,
            "d28018157d23af9085b4f2bcdbcd15373998bc9076db87c2fb81540ae179471a");
}

TEST(Glyphs, PartsAndClassesAreBalanced) {
  const Dataset data = make_glyphs(1);
  EXPECT_EQ(data.train.size(), 10000u);
  EXPECT_EQ(data.validation.size(), 2000u);
  EXPECT_EQ(data.test.size(), 2000u);
  EXPECT_EQ(data.features.rows, 14000u);
  EXPECT_EQ(data.features.cols, 784u);
  EXPECT_EQ(data.classes, 10u);
  for (const Range& range : {data.train, data.validation, data.test}) {
    std::array<std::size_t, 10> count{};
    for (std::size_t i = range.begin; i < range.end; ++i)
      ++count.at(static_cast<std::size_t>(data.labels[i]));
    for (std::size_t n : count) EXPECT_EQ(n, range.size() / 10);
  }
}

TEST(Glyphs, NoExampleOccursTwice) {
  const Dataset data = make_glyphs(0, 1000);
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < data.features.rows; ++i)
    digests.push_back(sha256_hex(as_text(std::span(data.features.pixels).subspan(i * 784, 784))));
  std::sort(digests.begin(), digests.end());
  EXPECT_EQ(std::unique(digests.begin(), digests.end()), digests.end());
}

TEST(Glyphs, ValidationAndTestDoNotDependOnTheNumberForTraining) {
  const Dataset few = make_glyphs(3, 50), more = make_glyphs(3, 120);
  EXPECT_EQ(few.train.size(), 50u);
  EXPECT_EQ(rows(few, few.validation), rows(more, more.validation));
  EXPECT_EQ(rows(few, few.test), rows(more, more.test));
  EXPECT_EQ(rows(few, few.train), rows(more, {0, 50}));
  EXPECT_NE(few.digest, more.digest);
}

TEST(Glyphs, FullGivesValidationToTraining) {
  const Dataset part = make_glyphs(3, 50), full = make_glyphs(3, 50, true);
  EXPECT_EQ(full.train.size(), 2050u);
  EXPECT_EQ(full.validation.size(), 0u);
  EXPECT_EQ(full.features.pixels, part.features.pixels);
  EXPECT_EQ(rows(full, full.test), rows(part, part.test));
}

TEST(Glyphs, RefusesMoreThanMemoryIsMeantFor) {
  EXPECT_THROW(make_glyphs(0, std::size_t{1} << 40), Error);
}

TEST(Glyphs, TheSeedDecides) {
  EXPECT_NE(make_glyphs(0, 10).digest, make_glyphs(1, 10).digest);
  EXPECT_EQ(make_glyphs(1, 10).digest, make_glyphs(1, 10).digest);
}

// A margin of the image is nearly always empty, and every digit has a good deal of ink.
TEST(Glyphs, InkIsWhereItBelongs) {
  const Dataset data = make_glyphs(0, 1000);
  std::size_t inked_corners = 0;
  for (std::size_t i = 0; i < data.features.rows; ++i) {
    const auto image = std::span(data.features.pixels).subspan(i * 784, 784);
    EXPECT_GT(std::count_if(image.begin(), image.end(), [](int p) { return p > 128; }), 15) << i;
    for (std::size_t corner : {0u, 27u, 756u, 783u}) inked_corners += image[corner] > 128;
  }
  EXPECT_LT(inked_corners, 5u);
}

}  // namespace
}  // namespace ravine
