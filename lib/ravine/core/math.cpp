#include "ravine/core/math.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

namespace ravine {
namespace {

using namespace Eigen::internal;  // the packet functions: pexp, pmul, ...

template <class Packet>
using Scalar = typename unpacket_traits<Packet>::type;

template <class Packet>
Packet constant(double value) {
  return pset1<Packet>(static_cast<Scalar<Packet>>(value));
}

template <class Packet, std::size_t N>
Packet polynomial(const double (&coefficients)[N], const Packet& x) {  // highest power first
  Packet value = constant<Packet>(coefficients[0]);
  for (std::size_t i = 1; i < N; ++i) value = pmadd(value, x, constant<Packet>(coefficients[i]));
  return value;
}

// Eigen's exp never gets below the least normal number; what comes after it would be slow with
// subnormal numbers.
struct Exp {
  template <class Packet>
  Packet operator()(const Packet& x) const {
    constexpr double kLowest = sizeof(Scalar<Packet>) == sizeof(float) ? -87.3 : -708.3;
    const Packet underflows = pcmp_lt(x, constant<Packet>(kLowest));
    return pselect(underflows, constant<Packet>(0), pexp(x));
  }
};

struct Log {
  template <class Packet>
  Packet operator()(const Packet& x) const {
    return plog(x);
  }
};

struct Logistic {
  template <class Packet>
  Packet operator()(const Packet& x) const {
    const Packet one = constant<Packet>(1);
    return pdiv(one, padd(one, Exp{}(pnegate(x))));
  }
};

// Cephes (Moshier): x + x^3 P(x^2) / Q(x^2) below 0.625, 1 - 2 / (exp(2 |x|) + 1) above. Eigen's
// own tanh exists for float only and turns NaN into a number.
struct Tanh {
  template <class Packet>
  Packet operator()(const Packet& x) const {
    constexpr double kP[] = {-9.64399179425052238628e-1, -9.92877231001918586564e1,
                             -1.61468768441708447952e3};
    constexpr double kQ[] = {1.0, 1.12811678491632931402e2, 2.23548839060100448583e3,
                             4.84406305325125486048e3};
    const Packet one = constant<Packet>(1), size = pabs(x), square = pmul(x, x);
    const Packet ratio = pdiv(polynomial(kP, square), polynomial(kQ, square));
    const Packet small = pmadd(pmul(x, square), ratio, x);
    const Packet e = Exp{}(padd(size, size));
    const Packet large = psub(one, pdiv(constant<Packet>(2), padd(e, one)));
    const Packet negative = pcmp_lt(x, constant<Packet>(0));
    const Packet signed_large = pselect(negative, pnegate(large), large);
    return pselect(pcmp_lt(size, constant<Packet>(0.625)), small, signed_large);
  }
};

// 1 - exp(-x) = 2 t / (1 + t) with t = tanh(x / 2): nothing cancels.
struct OneMinusExp {
  template <class Packet>
  Packet operator()(const Packet& x) const {
    const Packet t = Tanh{}(pmul(constant<Packet>(0.5), x));
    return pdiv(padd(t, t), padd(constant<Packet>(1), t));
  }
};

struct SoftplusRemainder {
  template <class Packet>
  Packet operator()(const Packet& x) const {
    return generic_plog1p(Exp{}(pnegate(pabs(x))));
  }
};

// One implementation serves body and tail: Eigen's scalar functions differ from its packet
// functions in the last bit.
template <class T, class Function>
void map(std::span<const T> in, std::span<T> out, Function function) {
  using Packet = typename packet_traits<T>::type;
  constexpr std::size_t kWidth = packet_traits<T>::size;
  assert(in.size() == out.size());
  const std::size_t body = in.size() / kWidth * kWidth, rest = in.size() - body;
  for (std::size_t i = 0; i < body; i += kWidth)
    pstoreu(out.data() + i, function(ploadu<Packet>(in.data() + i)));
  if (rest == 0) return;
  std::array<T, kWidth> tail{};
  std::copy_n(in.data() + body, rest, tail.data());
  pstoreu(tail.data(), function(ploadu<Packet>(tail.data())));
  std::copy_n(tail.data(), rest, out.data() + body);
}

}  // namespace

void exp(std::span<const float> in, std::span<float> out) { map(in, out, Exp{}); }
void exp(std::span<const double> in, std::span<double> out) { map(in, out, Exp{}); }

void log(std::span<const float> in, std::span<float> out) { map(in, out, Log{}); }
void log(std::span<const double> in, std::span<double> out) { map(in, out, Log{}); }

void logistic(std::span<const float> in, std::span<float> out) { map(in, out, Logistic{}); }
void logistic(std::span<const double> in, std::span<double> out) { map(in, out, Logistic{}); }

void tanh(std::span<const float> in, std::span<float> out) { map(in, out, Tanh{}); }
void tanh(std::span<const double> in, std::span<double> out) { map(in, out, Tanh{}); }

void one_minus_exp(std::span<const float> in, std::span<float> out) { map(in, out, OneMinusExp{}); }
void one_minus_exp(std::span<const double> in, std::span<double> out) {
  map(in, out, OneMinusExp{});
}

void softplus_remainder(std::span<const float> in, std::span<float> out) {
  map(in, out, SoftplusRemainder{});
}
void softplus_remainder(std::span<const double> in, std::span<double> out) {
  map(in, out, SoftplusRemainder{});
}

}  // namespace ravine
