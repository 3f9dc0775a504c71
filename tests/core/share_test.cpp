#include "ravine/core/share.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ravine {
namespace {

double hundredths(int i) { return i / 100.0; }

// 99 shares x 9 budgets, and every step of each: floor(100 k / (i T)) in integers. With the product
// of doubles, 34 of these 891 pairs take a step too many.
TEST(Share, IsExactAtEveryStepOfEveryBudget) {
  int rounded = 0;
  for (const std::int64_t total : {50, 100, 150, 200, 250, 300, 400, 500, 1000})
    for (int i = 1; i < 100; ++i) {
      bool same = true;
      for (std::int64_t k = 0; k <= total; ++k) {
        const std::int64_t exact = 100 * k / (i * total);
        ASSERT_EQ(Share(hundredths(i)).passed(k, total), exact) << i << " " << total << " " << k;
        const double product = hundredths(i) * static_cast<double>(total);
        same = same && static_cast<std::int64_t>(static_cast<double>(k) / product) == exact;
      }
      ASSERT_EQ(Share(hundredths(i)).of(total), i * total / 100);
      rounded += !same;
    }
  EXPECT_EQ(rounded, 34);
}

TEST(Share, IsExactForThousandthsAndForLongBudgets) {
  for (int i = 1; i <= 1000; i += 7)
    for (const std::int64_t total : {7LL, 391LL, 46900LL, 1000000000LL, 999999999999LL}) {
      const Share share(i / 1000.0);
      EXPECT_EQ(share.of(total), i * total / 1000) << i << " of " << total;
      for (std::int64_t n = 1; n * i <= 1000 && n < 50; ++n) {
        // The first step at which the share is over for the nth time.
        const std::int64_t first = (n * i * total + 999) / 1000;
        ASSERT_EQ(share.passed(first, total), n * 1000 > 1000 * first * 1000 / (i * total)
                                                  ? n - 1
                                                  : 1000 * first / (i * total));
        EXPECT_GE(share.passed(first, total), n);
        EXPECT_LT(share.passed(first - 1, total), n);
      }
    }
}

// What the user typed is the shortest decimal number, not the double that holds it.
TEST(Share, IsTheNumberThatWasTyped) {
  EXPECT_EQ(Share(0.07).passed(7, 100), 1);
  EXPECT_EQ(Share(0.07).passed(6, 100), 0);
  EXPECT_EQ(Share(0.29).of(100), 29);  // the product of doubles is 28.999999999999996
  EXPECT_EQ(Share(1 / 3.0).of(3), 0);  // 0.3333333333333333 of 3 is less than 1
  EXPECT_EQ(Share(1 / 3.0).passed(1, 3), 1);
  EXPECT_EQ(Share(1).of(12345), 12345);
  EXPECT_EQ(Share(1).passed(12344, 12345), 0);
  EXPECT_EQ(Share(1).passed(12345, 12345), 1);
}

TEST(Share, HasNoStepTooLargeOrTooSmall) {
  constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(Share(0).of(kLargest), 0);
  EXPECT_EQ(Share(0).passed(0, 100), 0);
  EXPECT_EQ(Share(0).passed(1, 100), kLargest);
  EXPECT_EQ(Share(5e-324).passed(1, 1), kLargest);
  EXPECT_EQ(Share(5e-324).of(kLargest), 0);
  EXPECT_EQ(Share(1e-12).passed(3, 1), 3000000000000);
  EXPECT_EQ(Share(0.9999999999999999).of(kLargest), 9223372036854774884);
  EXPECT_EQ(Share(1).passed(kLargest, kLargest), 1);
}

}  // namespace
}  // namespace ravine
