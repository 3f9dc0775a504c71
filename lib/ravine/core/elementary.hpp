#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "ravine/core/packet.hpp"

namespace ravine::elementary {

// Elementary functions of a packet from IEEE operations, explicit fused multiply-adds and integer
// operations on bits: any compiler gives the same bits on any CPU. Less than one unit in the last
// place from the exact value, subnormal results included; NaN, infinities and signed zeros as
// IEEE 754 and C say. tests/core/elementary_test.cpp has the largest errors. The polynomials are
// minimax approximations made with Sollya's fpminimax.

template <class T>
struct Format;

template <>
struct Format<float> {
  static constexpr int kFraction = 23, kBias = 127;
  static constexpr float kLog2E = 0x1.715476p0F;
  static constexpr float kLn2High = 0x1.62e4p-1F, kLn2Low = 0x1.7f7d1cp-20F;  // n kLn2High: exact
  static constexpr float kLowestExp = -104, kHighestExp = 89;  // exp is 0 below, infinite above
  static constexpr std::uint64_t kRootOfHalf = 0x3f3504f3;     // bits of sqrt(1/2)
  // (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2, highest power first; relative error of exp
  // 2^-31.6
  static constexpr float kExp[] = {0x1.a2d99ap-13F, 0x1.6d2e06p-10F, 0x1.110fc2p-7F,
                                   0x1.555502p-5F,  0x1.555556p-3F,  0x1p-1F};
  // (2 atanh(s) / s - 2) / s^2 in powers of s^2 for |s| <= 0.1716; absolute error of log 2^-33 s
  static constexpr float kLog[] = {0x1.ce848ep-3F, 0x1.24c14p-2F, 0x1.99986ep-2F, 0x1.555556p-1F};
};

template <>
struct Format<double> {
  static constexpr int kFraction = 52, kBias = 1023;
  static constexpr double kLog2E = 0x1.71547652b82fep0;
  static constexpr double kLn2High = 0x1.62e42feep-1, kLn2Low = 0x1.a39ef35793c76p-33;
  static constexpr double kLowestExp = -746, kHighestExp = 710;
  static constexpr std::uint64_t kRootOfHalf = 0x3fe6a09e667f3bcd;
  // relative error of exp 2^-61.9
  static constexpr double kExp[] = {0x1.1f86f0b04e1fbp-29,
                                    0x1.af4ecab92d05fp-26,
                                    0x1.27e4cfaf0e5b1p-22,
                                    0x1.71de01acf7608p-19,
                                    0x1.a01a01ab9882bp-16,
                                    0x1.a01a01ac1de81p-13,
                                    0x1.6c16c16c156a5p-10,
                                    0x1.1111111110051p-7,
                                    0x1.5555555555557p-5,
                                    0x1.5555555555557p-3,
                                    0x1p-1};
  // absolute error of log 2^-56.6 s
  static constexpr double kLog[] = {
      0x1.2b5f5b2f84a73p-3, 0x1.39fdcbbcecb1p-3,  0x1.7462b925f9ff5p-3, 0x1.c71c62d649d8cp-3,
      0x1.2492492dfb9b8p-2, 0x1.99999999952b9p-2, 0x1.5555555555558p-1};
};

/// Adding it rounds to a whole number, which is then in the lowest bits.
template <class T>
inline constexpr T kRound = std::bit_cast<T>((BitsOf<T>{Format<T>::kBias + Format<T>::kFraction}
                                              << Format<T>::kFraction) +
                                             (BitsOf<T>{1} << (Format<T>::kFraction - 1)));

template <class T>
RAVINE_INLINE BitPacket<T> bits(Packet<T> x) {
  return (BitPacket<T>)x;
}
template <class T>
RAVINE_INLINE Packet<T> from_bits(BitPacket<T> x) {
  return (Packet<T>)x;
}

template <class T>
inline constexpr BitsOf<T> kSign = BitsOf<T>{1} << (8 * sizeof(T) - 1);

template <class T>
RAVINE_INLINE Packet<T> absolute(Packet<T> x) {
  return from_bits<T>(bits<T>(x) & ~kSign<T>);
}

template <class T, std::size_t N>
RAVINE_INLINE Packet<T> polynomial(const T (&coefficients)[N], Packet<T> x) {
  Packet<T> value = broadcast(coefficients[0]);
#pragma GCC unroll 16
  for (std::size_t i = 1; i < N; ++i) value = fma(value, x, broadcast(coefficients[i]));
  return value;
}

/// 2^(exponent - kBias) for the biased exponents of normal numbers.
template <class T>
RAVINE_INLINE Packet<T> power_of_two(BitPacket<T> exponent) {
  return from_bits<T>(exponent << Format<T>::kFraction);
}

/// Numbers as unevaluated sums of two.
template <class T>
struct Pair {
  Packet<T> high, low;
};

/// a + b without an error, where |a| >= |b| or a is 0.
template <class T>
RAVINE_INLINE Pair<T> fast_two_sum(Packet<T> a, Packet<T> b) {
  const Packet<T> sum = a + b;
  return {sum, b - (sum - a)};
}

/// x = n log(2) + r + r' with |r| <= log(2) / 2 and a small r'; n also as an integer.
template <class T>
struct Reduced {
  Packet<T> n, r, rest;
  BitPacket<T> bits;
};
template <class T>
RAVINE_INLINE Reduced<T> reduce(Packet<T> x) {
  using F = Format<T>;
  const Packet<T> round = broadcast(kRound<T>), low = broadcast(F::kLn2Low);
  const Packet<T> rounded = fma(x, broadcast(F::kLog2E), round), n = rounded - round;
  const Packet<T> exact = fma(-n, broadcast(F::kLn2High), x), r = fma(-n, low, exact);
  return {n, r, fma(-n, low, exact - r), bits<T>(rounded) - bits<T>(round)};
}

/// exp(r) - 1 for |r| <= log(2) / 2.
template <class T>
RAVINE_INLINE Packet<T> expm1(Packet<T> r) {
  return fma(r * r, polynomial(Format<T>::kExp, r), r);
}

/// exp(r + r') - 1 as a pair.
template <class T>
RAVINE_INLINE Pair<T> expm1_pair(const Reduced<T>& x) {
  Pair<T> p = fast_two_sum<T>(x.r, x.r * x.r * polynomial(Format<T>::kExp, x.r));
  p.low += x.rest;
  return p;
}

/// p 2^n, where 2^n itself may be too large or too small for a normal number. Rounded once, if at
/// all.
template <class T>
class Scale {
 public:
#ifdef __AVX512F__
  RAVINE_INLINE explicit Scale(const Reduced<T>& x) : n_(x.n) {}
  RAVINE_INLINE Packet<T> operator()(Packet<T> p) const { return scale_by_power(p, n_); }

 private:
  Packet<T> n_;
#else
  RAVINE_INLINE explicit Scale(const Reduced<T>& x) {
    const BitPacket<T> biased = x.bits + 2 * BitsOf<T>{Format<T>::kBias}, half = biased >> 1;
    a_ = power_of_two<T>(half);
    b_ = power_of_two<T>(biased - half);
  }
  RAVINE_INLINE Packet<T> operator()(Packet<T> p) const { return p * a_ * b_; }

 private:
  Packet<T> a_, b_;
#endif
};

template <class T>
RAVINE_INLINE Packet<T> exp(Packet<T> x) {
  using F = Format<T>;
  const Reduced<T> reduced = reduce<T>(at_most<T>(F::kHighestExp, at_least<T>(F::kLowestExp, x)));
  return Scale<T>(reduced)(1 + expm1<T>(reduced.r));
}

/// exp(x) for x <= 0 as a pair.
template <class T>
RAVINE_INLINE Pair<T> exp_pair(Packet<T> x) {
  const Reduced<T> reduced = reduce<T>(at_least<T>(Format<T>::kLowestExp, x));
  const Pair<T> p = expm1_pair<T>(reduced), sum = fast_two_sum<T>(broadcast(T{1}), p.high);
  const Scale<T> scale(reduced);
  return {scale(sum.high), scale(sum.low + p.low)};
}

/// a / (whole + e), nearly with one rounding, where whole is 1 or 2 and the quotient at least half
/// of a / whole: what Newton's step needs of it is then exact.
template <class T>
RAVINE_INLINE Packet<T> divide(Pair<T> a, T whole, Pair<T> e) {
  const Packet<T> inverse = 1 / (whole + e.high), quotient = a.high * inverse;
  const Packet<T> exact = fma(broadcast(-whole), quotient, a.high);
  const Packet<T> rest = fma(-quotient, e.high, exact) + fma(-quotient, e.low, a.low);
  return fma(rest, inverse, quotient);
}

/// 1 / (1 + exp(-x)).
template <class T>
RAVINE_INLINE Packet<T> logistic(Packet<T> x) {
  const Packet<T> zero = broadcast(T{0}), one = broadcast(T{1});
  const Reduced<T> reduced = reduce<T>(at_least<T>(Format<T>::kLowestExp, -absolute<T>(x)));
  const Scale<T> scale(reduced);
  const Pair<T> e = fast_two_sum<T>(scale(one), scale(expm1<T>(reduced.r)));
  return divide<T>({x < zero ? e.high : one, x < zero ? e.low : zero}, 1, e);
}

/// 1 - exp(-x) for x >= 0, with all its digits near 0: -(2^n - 1 + 2^n p).
template <class T>
RAVINE_INLINE Packet<T> one_minus_exp(Packet<T> x) {
  // From kFraction on it rounds to 1.
  const Reduced<T> reduced = reduce<T>(-at_most<T>(Format<T>::kFraction, x));
  const Packet<T> power = power_of_two<T>(reduced.bits + BitsOf<T>{Format<T>::kBias});
  const Pair<T> p = expm1_pair<T>(reduced), whole = fast_two_sum<T>(broadcast(T{-1}), power);
  const Pair<T> e = fast_two_sum<T>(whole.high, power * p.high);
  return -(e.high + (e.low + fma(power, p.low, whole.low)));
}

/// Hyperbolic tangent: (1 - e) / (1 + e) with e = exp(-2 |x|), by way of e - 1.
template <class T>
RAVINE_INLINE Packet<T> tanh(Packet<T> x) {
  // From kFraction on tanh(x) rounds to 1.
  const Packet<T> near = at_most<T>(Format<T>::kFraction, absolute<T>(x));
  const Reduced<T> reduced = reduce<T>(-(near + near));
  const Packet<T> power = power_of_two<T>(reduced.bits + BitsOf<T>{Format<T>::kBias});
  const Pair<T> p = expm1_pair<T>(reduced), whole = fast_two_sum<T>(broadcast(T{-1}), power);
  Pair<T> e = fast_two_sum<T>(whole.high, power * p.high);
  e.low += fma(power, p.low, whole.low);
  const Packet<T> value = divide<T>({-e.high, -e.low}, 2, e);
  return from_bits<T>(bits<T>(value) | (bits<T>(x) & kSign<T>));
}

/// n log(2) + log(1 + f) + rest, for 1 + f from sqrt(1/2) to sqrt(2) and a small rest.
template <class T>
RAVINE_INLINE Packet<T> log_sum(Packet<T> n, Packet<T> f, Packet<T> rest) {
  using F = Format<T>;
  const Packet<T> s = f / (2 + f), z = s * s;
  const Packet<T> square = T{0.5} * f * f, series = z * polynomial(F::kLog, z);
  const Packet<T> low = fma(n, broadcast(F::kLn2Low), rest);
  return fma(n, broadcast(F::kLn2High), f - (square - fma(s, square + series, low)));
}

/// Natural logarithm.
template <class T>
RAVINE_INLINE Packet<T> log(Packet<T> x) {
  using F = Format<T>;
  using Limits = std::numeric_limits<T>;
  constexpr BitsOf<T> kOne = BitsOf<T>{F::kBias} << F::kFraction;
  constexpr BitsOf<T> kFractionBits = (BitsOf<T>{1} << F::kFraction) - 1;
  constexpr int kUp = F::kFraction + 1;  // 2^kUp makes subnormal numbers normal
  const Packet<T> zero = broadcast(T{0}), least = broadcast(Limits::min());
  const Packet<T> up = broadcast(std::bit_cast<T>(BitsOf<T>{F::kBias + kUp} << F::kFraction));
  const BitPacket<T> shifted = bits<T>(x < least ? x * up : x) + (kOne - BitsOf<T>{F::kRootOfHalf});
  const Packet<T> m = from_bits<T>((shifted & kFractionBits) + BitsOf<T>{F::kRootOfHalf});
  const Packet<T> round = broadcast(kRound<T>);
  const Packet<T> biased = from_bits<T>((shifted >> F::kFraction) + bits<T>(round)) - round;
  const Packet<T> n = biased - (x < least ? broadcast(T(F::kBias + kUp)) : broadcast(T(F::kBias)));
  Packet<T> y = log_sum<T>(n, m - 1, zero);
  y = x == broadcast(Limits::infinity()) ? x : y;
  y = x == zero ? broadcast(-Limits::infinity()) : y;
  y = x < zero ? broadcast(Limits::quiet_NaN()) : y;
  return x != x ? x : y;
}

/// log(1 + exp(-|x|)) = log(1 + exp(x)) - max(x, 0).
template <class T>
RAVINE_INLINE Packet<T> softplus_remainder(Packet<T> x) {
  const Packet<T> zero = broadcast(T{0}), one = broadcast(T{1});
  const Packet<T> root_of_two_minus_one = broadcast(T(0.41421356237309504880L));
  const Pair<T> e = exp_pair<T>(-absolute<T>(x));
  const Pair<T> below_one = fast_two_sum<T>(-one, e.high);
  const auto large = e.high > root_of_two_minus_one;  // 1 + e = 2 (1 + f)
  const Packet<T> f = large ? T{0.5} * below_one.high : e.high;
  const Packet<T> rest = e.low + (large ? below_one.low : zero);
  // log(1 + e + rest) = log(1 + e) + rest / (1 + e); of the small part a few bits are enough.
  return log_sum<T>(large ? one : zero, f, rest * fma(broadcast(T{-0.5}), e.high, one));
}

}  // namespace ravine::elementary
