#include "ravine/core/portable.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace ravine {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

TEST(Portable, LogAgreesWithLibm) {
  for (double x = 1e-300; x < 1e300; x *= 1.37)
    ASSERT_NEAR(portable_log(x), std::log(x), 2 * kEps * std::fabs(std::log(x)) + kEps) << x;
  EXPECT_EQ(portable_log(1), 0.0);
  EXPECT_DOUBLE_EQ(portable_log(5e-324), std::log(5e-324));
}

TEST(Portable, ExpAgreesWithLibm) {
  for (double x = -700; x < 700; x += 0.0937)
    ASSERT_NEAR(portable_exp(x) / std::exp(x), 1, 4 * kEps) << x;
  EXPECT_EQ(portable_exp(0), 1.0);
  EXPECT_EQ(portable_exp(1e300), std::numeric_limits<double>::infinity());
  EXPECT_EQ(portable_exp(-1e300), 0.0);
  EXPECT_NEAR(portable_exp(-740) / std::exp(-740.0), 1, 0.01);  // subnormal
  EXPECT_TRUE(std::isnan(portable_exp(std::nan(""))));
}

TEST(Portable, CosineOfMultiplesOfPi) {
  for (double x = -3; x < 3; x += 0.00137)
    ASSERT_NEAR(portable_cos_pi(x), std::cos(std::numbers::pi * x), 8 * kEps) << x;
  for (double k : {-3.0, 0.0, 1.0, 2.0, 7.0, 1e15})
    EXPECT_EQ(portable_cos_pi(k), std::fmod(std::fabs(k), 2) == 0 ? 1.0 : -1.0) << k;
  for (double k : {-2.5, 0.5, 1.5, 1e9 + 0.5}) EXPECT_EQ(portable_cos_pi(k), 0.0) << k;
  EXPECT_NEAR(portable_cos_pi(1.0 / 3), 0.5, kEps);
}

TEST(Portable, Powers) {
  for (double exponent = -20; exponent < 20; exponent += 0.37)
    ASSERT_NEAR(portable_power(10, exponent) / std::pow(10, exponent), 1, 1e-14) << exponent;
  EXPECT_EQ(portable_power(0.3, 0), 1.0);
}

TEST(Portable, IntegerPowers) {
  EXPECT_EQ(integer_power(2, 100), 0x1p100);
  EXPECT_EQ(integer_power(-3, 5), -243.0);
  EXPECT_EQ(integer_power(0, 0), 1.0);
  EXPECT_EQ(integer_power(0, 3), 0.0);
  EXPECT_NEAR(integer_power(0.999, 1000) / std::pow(0.999, 1000), 1, 1e-13);
}

// Known bits: every compiler must give these.
TEST(Portable, GivesTheSameBitsOnEveryCompiler) {
  EXPECT_EQ(portable_log(10), 0x1.26bb1bbb55515p+1);
  EXPECT_EQ(portable_exp(-1), 0x1.78b56362cef38p-2);
  EXPECT_EQ(portable_cos_pi(0.2), 0x1.9e3779b97f4a8p-1);
  EXPECT_EQ(portable_cos_pi(0.3), 0x1.2cf2304755a5ep-1);
}

}  // namespace
}  // namespace ravine
