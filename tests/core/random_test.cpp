#include "ravine/core/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace ravine {
namespace {

// Known answers from a Python transcription of Salmon et al. (2011) that reproduces Random123's
// published vector for zero counter and key.
TEST(RandomStream, GivesTheSameWordsOnEveryCompiler) {
  RandomStream stream(42, Purpose::kTest);
  const std::vector<std::uint32_t> words = {stream.bits(), stream.bits(), stream.bits(),
                                            stream.bits(), stream.bits()};
  EXPECT_EQ(words, (std::vector<std::uint32_t>{0x27673933u, 0x70d79a7bu, 0xb948b717u, 0x6c1bf339u,
                                               0x443b9fd4u}));
}

TEST(RandomStream, PurposeIndexAndSeedGiveDifferentStreams) {
  std::set<std::uint32_t> first;
  for (std::uint64_t seed : {0, 1})
    for (auto purpose : {Purpose::kShuffle, Purpose::kNoise})
      for (std::uint64_t index : {0, 1}) first.insert(RandomStream(seed, purpose, index).bits());
  EXPECT_EQ(first.size(), 8u);
}

TEST(RandomStream, ContinuesFromAStoredPosition) {
  RandomStream a(7, Purpose::kTest);
  for (int i = 0; i < 13; ++i) a.bits();
  RandomStream b(7, Purpose::kTest);
  b.set_position(a.position());
  for (int i = 0; i < 9; ++i) EXPECT_EQ(a.bits(), b.bits());
}

TEST(RandomStream, UniformsFillTheUnitInterval) {
  RandomStream stream(1, Purpose::kTest);
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = stream.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 0.005);
}

TEST(RandomStream, NormalsHaveTheMomentsOfAStandardNormal) {
  RandomStream stream(3, Purpose::kTest);
  constexpr int kDraws = 200000;
  double m1 = 0, m2 = 0, m4 = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double z = stream.normal();
    m1 += z;
    m2 += z * z;
    m4 += z * z * z * z;
  }
  EXPECT_NEAR(m1 / kDraws, 0.0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(m2 / kDraws, 1.0, 5 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(m4 / kDraws, 3.0, 5 * std::sqrt(96.0 / kDraws));
}

TEST(NormalQuantile, InvertsTheDistributionFunction) {
  for (double p : {1e-300, 1e-16, 1e-8, 0.001, 0.07, 0.0750001, 0.3, 0.5, 0.8, 0.999, 1 - 1e-12}) {
    const double back = 0.5 * std::erfc(-normal_quantile(p) / std::sqrt(2.0));
    EXPECT_NEAR(back / p, 1.0, 1e-12) << p;
  }
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  EXPECT_EQ(normal_quantile(0.25), -normal_quantile(0.75));
}

TEST(RandomStream, BelowIsUniform) {
  RandomStream stream(5, Purpose::kTest);
  std::vector<int> count(7);
  for (int i = 0; i < 70000; ++i) ++count[stream.below(7)];
  double chi2 = 0;
  for (int c : count) chi2 += (c - 10000.0) * (c - 10000.0) / 10000.0;
  EXPECT_LT(chi2, 22.46);  // 99.9 % quantile with 6 degrees of freedom
}

TEST(RandomStream, ShuffleIsAPermutation) {
  std::vector<std::int32_t> items(1000);
  std::iota(items.begin(), items.end(), 0);
  RandomStream(9, Purpose::kShuffle).shuffle(items);
  EXPECT_NE(items.front() + items.back(), 999);
  EXPECT_EQ(std::set<std::int32_t>(items.begin(), items.end()).size(), 1000u);
}

}  // namespace
}  // namespace ravine
