#include "ravine/core/math.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>

#include "ravine/core/random.hpp"

namespace ravine {
namespace {

// RAVINE_EXHAUSTIVE=1 tries every float and 10^8 doubles. The largest errors then, in units in the
// last place: see lib/ravine/core/math.hpp.
bool exhaustive() { return std::getenv("RAVINE_EXHAUSTIVE") != nullptr; }

using Wide = long double;  // 64 bits of precision: 2^-11 units of a double's last place

Wide logistic_of(Wide x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
Wide remainder_of(Wide x) { return std::log1p(std::exp(-std::fabs(x))); }

template <class T>
class Math : public testing::Test {
 public:
  using Function = void (*)(std::span<const T>, std::span<T>);
  // For floats the oracle computes in double, which is enough and ten times as fast.
  using Oracle = std::conditional_t<sizeof(T) == 4, double, Wide>;
  struct Case {
    const char* name;
    Function function;
    Oracle (*oracle)(Oracle);
    T least = -std::numeric_limits<T>::infinity();  // nothing is promised below
  };
  static std::vector<Case> cases() {
    return {{"exp", exp, [](Oracle x) { return std::exp(x); }},
            {"log", log, [](Oracle x) { return std::log(x); }},
            {"logistic", logistic, [](Oracle x) { return static_cast<Oracle>(logistic_of(x)); }},
            {"tanh", tanh, [](Oracle x) { return std::tanh(x); }},
            {"one_minus_exp", one_minus_exp, [](Oracle x) { return -std::expm1(-x); }, 0},
            {"softplus_remainder", softplus_remainder,
             [](Oracle x) { return static_cast<Oracle>(remainder_of(x)); }}};
  }

  // The distance from `exact` in units in the last place of T at `exact`; 0 where both overflow.
  static double error(T value, Oracle exact) {
    if (std::isnan(exact) || std::isnan(value))
      return std::isnan(exact) == std::isnan(value) ? 0 : 99;
    if (static_cast<T>(exact) == value) return 0;
    if (std::isinf(value)) return 99;
    using Limits = std::numeric_limits<T>;
    int exponent = Limits::min_exponent;
    if (exact != 0) std::frexp(exact, &exponent);
    exponent = std::max(exponent, Limits::min_exponent);
    const Oracle unit = std::ldexp(Oracle{1}, exponent - Limits::digits);
    return static_cast<double>(std::fabs(value - exact) / unit);
  }

  static void expect_faithful(const Case& one, const std::vector<T>& x) {
    std::vector<T> y(x.size());
    one.function(x, y);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] < one.least) continue;
      ASSERT_LT(error(y[i], one.oracle(x[i])), 1.0) << one.name << " at " << x[i] << ": " << y[i];
    }
  }

  static std::vector<T> draw(double low, double high, std::size_t count) {
    RandomStream stream(5, Purpose::kTest);
    std::vector<T> x(count);
    for (T& value : x) value = static_cast<T>(stream.uniform(low, high));
    return x;
  }
};

using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Math, Precisions);

TYPED_TEST(Math, IsWithinOneUnitWhereverItIsHard) {
  using T = TypeParam;
  std::vector<T> edges;
  const double kEdges[] = {0,        0.34657359, 0.41421356, 0.5,
                           0.625,    0.70710678, 1,          1.4142135623730951,
                           8.3178,   9.01,       17.3287,    18.7,
                           36.7,     44,         87.33654,   88.72284,
                           103.2789, 103.9721,   708.3964,   709.7827,
                           744.4401, 745.1332};
  for (const double edge : kEdges)
    for (const T sign : {T{-1}, T{1}}) {
      T up = static_cast<T>(edge), down = up;
      for (int i = 0; i < 200; ++i) {
        edges.push_back(sign * up);
        edges.push_back(sign * down);
        up = std::nextafter(up, std::numeric_limits<T>::max());
        down = std::nextafter(down, -std::numeric_limits<T>::max());
      }
    }
  for (int power = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
       power < std::numeric_limits<T>::max_exponent; ++power)
    for (const double factor : {1.0, 1.3, 1.9999999}) {
      edges.push_back(static_cast<T>(std::ldexp(factor, power)));
      edges.push_back(-edges.back());
    }
  for (const auto& one : this->cases()) this->expect_faithful(one, edges);
}

TYPED_TEST(Math, IsWithinOneUnitAtRandom) {
  const std::size_t count = exhaustive() && sizeof(TypeParam) == 8 ? 25'000'000 : 50'000;
  for (const double range : {0.7, 2.0, 20.0, 750.0})
    for (const auto& one : this->cases())
      this->expect_faithful(one, this->draw(-range, range, count));
}

TEST(MathOfFloats, IsWithinOneUnitAtFloatsOfAllSizes) {
  const std::uint64_t stride = exhaustive() ? 1 : 49'999;
  std::vector<float> x;
  for (const auto& one : Math<float>::cases())
    for (std::uint64_t begin = 0; begin <= 0xffffffffU;) {
      x.clear();
      for (; x.size() < 4096 && begin <= 0xffffffffU; begin += stride)
        x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(begin)));
      Math<float>::expect_faithful(one, x);
    }
}

// Gradual underflow: the least subnormal number is reached, and rounded to.
TYPED_TEST(Math, ExpUnderflowsGradually) {
  using T = TypeParam;
  const T least = std::numeric_limits<T>::denorm_min(), log_of_least = std::log(least);
  const std::vector<T> x = {log_of_least, log_of_least - T(0.6), log_of_least - T(0.8)};
  std::vector<T> y(3);
  exp(std::span<const T>(x), std::span<T>(y));
  EXPECT_EQ(y, (std::vector<T>{least, least, 0}));
  log(std::span<const T>(y), std::span<T>(y));
  EXPECT_NEAR(y[0], log_of_least, std::fabs(log_of_least) * std::numeric_limits<T>::epsilon());
}

TYPED_TEST(Math, BitsDependOnNothingButTheArgument) {
  using T = TypeParam;
  for (const auto& one : this->cases()) {
    const std::vector<T> x = this->draw(0, 12, 67);
    std::vector<T> whole(x.size());
    one.function(x, whole);
    for (std::size_t begin = 0; begin < 20; ++begin)
      for (std::size_t end = begin; end < x.size(); end += 3) {
        std::vector<T> part(x.begin() + static_cast<std::ptrdiff_t>(begin),
                            x.begin() + static_cast<std::ptrdiff_t>(end));
        one.function(part, part);  // in place
        for (std::size_t i = begin; i < end; ++i) ASSERT_EQ(part[i - begin], whole[i]);
      }
  }
}

TYPED_TEST(Math, LimitsZerosAndNaN) {
  using T = TypeParam;
  constexpr T kInf = std::numeric_limits<T>::infinity();
  const auto at = [](auto function, T x) {
    T y;
    function(std::span<const T>(&x, 1), std::span<T>(&y, 1));
    return y;
  };
  using F = typename TestFixture::Function;
  const F e = exp, l = log, s = logistic, t = tanh, r = softplus_remainder, m = one_minus_exp;
  for (const T zero : {T{0}, -T{0}}) {
    EXPECT_EQ(at(e, zero), 1);
    EXPECT_EQ(at(l, zero), -kInf);
    EXPECT_EQ(at(s, zero), T(0.5));
    EXPECT_EQ(at(t, zero), 0);
    EXPECT_EQ(std::signbit(at(t, zero)), std::signbit(zero));
    EXPECT_EQ(at(m, zero), 0);
  }
  EXPECT_EQ(at(l, 1), 0);
  for (const T large : {T(1e4), kInf}) {
    EXPECT_EQ(at(e, large), kInf);
    EXPECT_EQ(at(e, -large), 0);
    EXPECT_EQ(at(s, large), 1);
    EXPECT_EQ(at(s, -large), 0);
    EXPECT_EQ(at(t, large), 1);
    EXPECT_EQ(at(m, large), 1);
    EXPECT_EQ(at(t, -large), -1);
    EXPECT_EQ(at(r, large), 0);
    EXPECT_EQ(at(r, -large), 0);
    EXPECT_TRUE(std::isnan(at(l, -large)));
  }
  EXPECT_EQ(at(l, kInf), kInf);
  for (const F f : {e, l, s, t, r, m})
    EXPECT_TRUE(std::isnan(at(f, std::numeric_limits<T>::quiet_NaN())));
}

}  // namespace
}  // namespace ravine
