#include "ravine/core/portable.hpp"

#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace ravine {

// x = 2^e m with m in [sqrt(1/2), sqrt 2); log m = 2 atanh(s), s = (m - 1) / (m + 1).
double portable_log(double x) {
  constexpr double kLn2 = 0.693147180559945309417;
  assert(x > 0 && std::isfinite(x));
  if (x < std::numeric_limits<double>::min()) return portable_log(x * 0x1p54) - 54 * kLn2;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  const double s = (m - 1) / (m + 1), z = s * s;
  double series = 0;
  for (int k = 25; k >= 1; k -= 2) series = series * z + 1.0 / k;
  return exponent * kLn2 + 2 * s * series;
}

// x = n log 2 + r with |r| <= log(2) / 2; exp x = 2^n sum r^k / k!.
double portable_exp(double x) {
  constexpr double kLog2E = 1.44269504088896340736;
  // log 2 in two parts: n times the first is exact, so r keeps all its bits.
  constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
  if (std::isnan(x)) return x;
  if (x > 710) return std::numeric_limits<double>::infinity();
  if (x < -746) return 0;
  const double n = std::floor(x * kLog2E + 0.5);
  const double r = (x - n * kLn2High) - n * kLn2Low;
  double series = 1;
  for (int k = 14; k >= 1; --k) series = 1 + r * series / k;
  return std::ldexp(series, static_cast<int>(n));
}

double portable_power(double base, double exponent) {
  return portable_exp(exponent * portable_log(base));
}

double portable_cos_pi(double x) {
  constexpr double kPi = 3.14159265358979323846;
  x = std::fabs(x);
  x -= 2 * std::floor(x / 2);
  if (x > 1) x = 2 - x;
  const double sign = x > 0.5 ? -1 : 1;
  if (x > 0.5) x = 1 - x;
  double series = 1;
  if (x <= 0.25) {
    const double z = kPi * x * (kPi * x);
    for (int k = 18; k >= 2; k -= 2) series = 1 - z * series / (k * (k - 1));
    return sign * series;
  }
  const double y = kPi * (0.5 - x), z = y * y;  // cos(pi x) = sin(pi (1/2 - x))
  for (int k = 19; k >= 3; k -= 2) series = 1 - z * series / (k * (k - 1));
  return sign * y * series;
}

double integer_power(double base, std::int64_t n) {
  assert(n >= 0);
  double power = 1;
  for (; n > 0; n /= 2, base *= base)
    if (n % 2 == 1) power *= base;
  return power;
}

}  // namespace ravine
