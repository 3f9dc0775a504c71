#include "ravine/core/layout.hpp"

#include <gtest/gtest.h>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

TEST(ParameterLayout, StartsEveryBlockOnACacheLine) {
  ParameterLayout layout;
  layout.add("dense0/weight", 3, 5, BlockKind::kWeight);
  layout.add("dense0/bias", 1, 5, BlockKind::kBias);
  EXPECT_EQ(layout.parameter_count(), 20u);
  EXPECT_EQ(layout.block("dense0/bias").offset * sizeof(Real) % kAlignment, 0u);
  EXPECT_EQ(layout.size() * sizeof(Real) % kAlignment, 0u);
}

TEST(ParameterLayout, RefusesTwoBlocksOfOneName) {
  ParameterLayout layout;
  layout.add("w", 1, 1, BlockKind::kWeight);
  EXPECT_THROW(layout.add("w", 1, 1, BlockKind::kWeight), Error);
  EXPECT_THROW(layout.add("empty", 0, 1, BlockKind::kWeight), Error);
  EXPECT_THROW(layout.block("b"), Error);
}

TEST(ParameterLayout, BlocksSelectTheirPartOfAVector) {
  ParameterLayout layout;
  layout.add("a", 1, 3, BlockKind::kWeight);
  layout.add("b", 2, 2, BlockKind::kWeight);
  AlignedVector<Real> theta(layout.size());
  layout.block("b").of(std::span<Real>(theta))[0] = 7;
  EXPECT_EQ(theta[layout.block("b").offset], Real{7});
}

}  // namespace
}  // namespace ravine
