#include "ravine/core/math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ravine/core/random.hpp"

namespace ravine {
namespace {

template <class T>
class Math : public testing::Test {
 public:
  using Function = void (*)(std::span<const T>, std::span<T>);
  struct Case {
    Function function;
    double (*oracle)(double);
    double low, high;
  };
  static std::vector<Case> cases() {
    return {{exp, [](double x) { return std::exp(x); }, -80, 80},
            {log, [](double x) { return std::log(x); }, 1e-30, 1e3},
            {logistic, [](double x) { return 1 / (1 + std::exp(-x)); }, -80, 80},
            {tanh, [](double x) { return std::tanh(x); }, -12, 12},
            {tanh, [](double x) { return std::tanh(x); }, -0.7, 0.7},
            {tanh, [](double x) { return std::tanh(x); }, -1e-6, 1e-6},
            {one_minus_exp, [](double x) { return -std::expm1(-x); }, 0, 80},
            {one_minus_exp, [](double x) { return -std::expm1(-x); }, 0, 1e-6},
            {softplus_remainder, [](double x) { return std::log1p(std::exp(-std::fabs(x))); }, -70,
             70}};
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

TYPED_TEST(Math, AgreesWithTheStandardLibraryToAFewUnits) {
  using T = TypeParam;
  for (const auto& [function, oracle, low, high] : this->cases()) {
    const std::vector<T> x = this->draw(low, high, 20001);
    std::vector<T> y(x.size());
    function(x, y);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double expected = oracle(x[i]);
      ASSERT_NEAR(y[i], expected, 6 * std::numeric_limits<T>::epsilon() * std::fabs(expected))
          << "at " << x[i];
    }
  }
}

TYPED_TEST(Math, BitsDependOnNothingButTheArgument) {
  using T = TypeParam;
  for (const auto& [function, oracle, low, high] : this->cases()) {
    const std::vector<T> x = this->draw(low, high, 67);
    std::vector<T> whole(x.size());
    function(x, whole);
    for (std::size_t begin = 0; begin < 20; ++begin)
      for (std::size_t end = begin; end < x.size(); end += 3) {
        std::vector<T> part(x.begin() + static_cast<std::ptrdiff_t>(begin),
                            x.begin() + static_cast<std::ptrdiff_t>(end));
        function(part, part);  // in place
        for (std::size_t i = begin; i < end; ++i) ASSERT_EQ(part[i - begin], whole[i]);
      }
  }
}

TYPED_TEST(Math, LimitsAndNaN) {
  using T = TypeParam;
  constexpr T kInf = std::numeric_limits<T>::infinity();
  const auto at = [](auto function, T x) {
    T y;
    function(std::span<const T>(&x, 1), std::span<T>(&y, 1));
    return y;
  };
  using F = typename TestFixture::Function;
  const F e = exp, l = log, s = logistic, t = tanh, r = softplus_remainder;
  EXPECT_EQ(at(e, 0), 1);
  EXPECT_EQ(at(e, T(-1e4)), 0);
  EXPECT_EQ(at(e, T(1e4)), kInf);
  EXPECT_EQ(at(l, 1), 0);
  EXPECT_EQ(at(l, 0), -kInf);
  EXPECT_EQ(at(s, 0), T(0.5));
  EXPECT_EQ(at(s, T(-1e4)), 0);
  EXPECT_EQ(at(s, T(1e4)), 1);
  EXPECT_EQ(at(t, 0), 0);
  EXPECT_EQ(at(t, T(1e4)), 1);
  EXPECT_EQ(at(t, -kInf), -1);
  EXPECT_EQ(at(r, T(1e4)), 0);
  EXPECT_EQ(at(r, -kInf), 0);
  for (const F f : {e, l, s, t, r})
    EXPECT_TRUE(std::isnan(at(f, std::numeric_limits<T>::quiet_NaN())));
}

}  // namespace
}  // namespace ravine
