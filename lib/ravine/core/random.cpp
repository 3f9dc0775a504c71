#include "ravine/core/random.hpp"

#include <Random123/philox.h>

#include <cassert>
#include <cmath>
#include <utility>

#include "ravine/core/portable.hpp"

namespace ravine {
namespace {

template <std::size_t N>
double polynomial(const double (&coefficients)[N], double x) {  // highest power first
  double value = 0;
  for (double c : coefficients) value = value * x + c;
  return value;
}

}  // namespace

double normal_quantile(double p) {
  // Coefficients of AS 241, PPND16, highest power first.
  constexpr double kA[] = {2.5090809287301226727e3, 3.3430575583588128105e4,
                           6.7265770927008700853e4, 4.5921953931549871457e4,
                           1.3731693765509461125e4, 1.9715909503065514427e3,
                           1.3314166789178437745e2, 3.3871328727963666080e0};
  constexpr double kB[] = {5.2264952788528545610e3, 2.8729085735721942674e4,
                           3.9307895800092710610e4, 2.1213794301586595867e4,
                           5.3941960214247511077e3, 6.8718700749205790830e2,
                           4.2313330701600911252e1, 1.0};
  constexpr double kC[] = {7.74545014278341407640e-4, 2.27238449892691845833e-2,
                           2.41780725177450611770e-1, 1.27045825245236838258e0,
                           3.64784832476320460504e0,  5.76949722146069140550e0,
                           4.63033784615654529590e0,  1.42343711074968357734e0};
  constexpr double kD[] = {1.05075007164441684324e-9, 5.47593808499534494600e-4,
                           1.51986665636164571966e-2, 1.48103976427480074590e-1,
                           6.89767334985100004550e-1, 1.67638483018380384940e0,
                           2.05319162663775882187e0,  1.0};
  constexpr double kE[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
                           1.24266094738807843860e-3, 2.65321895265761230930e-2,
                           2.96560571828504891230e-1, 1.78482653991729133580e0,
                           5.46378491116411436990e0,  6.65790464350110377720e0};
  constexpr double kF[] = {2.04426310338993978564e-15, 1.42151175831644588870e-7,
                           1.84631831751005468180e-5,  7.86869131145613259100e-4,
                           1.48753612908506148525e-2,  1.36929880922735805310e-1,
                           5.99832206555887937690e-1,  1.0};
  assert(p > 0 && p < 1);
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double tail = q < 0 ? p : 1 - p;
  const double r = std::sqrt(-portable_log(tail));  // IEEE square root: exact everywhere
  const double magnitude = r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6)
                                  : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -magnitude : magnitude;
}

RandomStream::RandomStream(std::uint64_t seed, Purpose purpose, std::uint64_t index)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      // Words 0 and 1's low part count blocks; purpose and index sit above them.
      counter_{0, static_cast<std::uint32_t>(purpose) << 24, static_cast<std::uint32_t>(index),
               static_cast<std::uint32_t>(index >> 32)} {}

void RandomStream::refill() {
  const std::uint64_t block = position_ / 4;
  assert(block >> 56 == 0);
  const r123::Philox4x32::ctr_type counter = {
      {static_cast<std::uint32_t>(block), counter_[1] | static_cast<std::uint32_t>(block >> 32),
       counter_[2], counter_[3]}};
  const r123::Philox4x32::key_type key = {{key_[0], key_[1]}};
  const auto out = r123::Philox4x32()(counter, key);
  words_ = {out[0], out[1], out[2], out[3]};
}

std::uint32_t RandomStream::bits() {
  if (position_ % 4 == 0) refill();
  return words_[position_++ % 4];
}

double RandomStream::uniform() {
  const std::uint64_t high = bits() >> 5, low = bits() >> 6;
  return static_cast<double>((high << 26) | low) * 0x1p-53;
}

std::uint32_t RandomStream::below(std::uint32_t bound) {
  assert(bound > 0);
  std::uint64_t product = std::uint64_t{bits()} * bound;
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t threshold = (0u - bound) % bound;
    while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{bits()} * bound;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

double RandomStream::normal() {
  const std::uint64_t high = bits() >> 5, low = bits() >> 7;
  // The centre of one of 2^52 cells, exact in a double: never 0 and never 1.
  return normal_quantile((static_cast<double>((high << 25) | low) + 0.5) * 0x1p-52);
}

void RandomStream::shuffle(std::span<std::int32_t> items) {
  for (std::size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
}

void RandomStream::set_position(std::uint64_t position) {
  position_ = position;
  if (position_ % 4 != 0) refill();
}

}  // namespace ravine
