#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/// Vectors are passed in registers only: a function of them that is not inlined has no stable ABI.
#define RAVINE_INLINE [[gnu::always_inline]] inline

namespace ravine {

// The widest vectors of the instruction set that a source is compiled for, by the vector extension
// of GCC and Clang: operators work lane by lane, comparisons give masks, `mask ? a : b` selects.
// Every operation is one of IEEE 754 or on bits, so a lane has the same bits at every width.

#if defined(__AVX512F__)
inline constexpr std::size_t kPacketBytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t kPacketBytes = 32;
#else
inline constexpr std::size_t kPacketBytes = 16;
#endif

/// How many of them the CPU holds.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr std::size_t kVectorRegisters = 32;
#else
inline constexpr std::size_t kVectorRegisters = 16;
#endif

template <class T>
struct PacketType {
  using type [[gnu::vector_size(kPacketBytes)]] = T;
};
template <class T>
using Packet = typename PacketType<T>::type;

template <class T>
inline constexpr std::size_t kLanes = kPacketBytes / sizeof(T);

/// Unsigned integers of T's size.
template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
template <class T>
using BitPacket = Packet<BitsOf<T>>;

/// The value in every lane.
template <class T>
RAVINE_INLINE Packet<T> broadcast(T value) {
  return value - Packet<T>{};  // x - 0 keeps the sign of a zero, 0 + x does not
}

template <class T>
RAVINE_INLINE Packet<T> load(const T* from) {
  Packet<T> packet;
  std::memcpy(&packet, from, sizeof packet);
  return packet;
}

template <class T>
RAVINE_INLINE void store(T* to, Packet<T> packet) {
  std::memcpy(to, &packet, sizeof packet);
}

/// x, or `least` where x is smaller; a NaN stays. Compilers make three instructions of the formula.
template <class T>
RAVINE_INLINE Packet<T> at_least(T least, Packet<T> x) {
  const Packet<T> low = broadcast(least);
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return (Packet<T>)_mm512_maskz_max_ps(0xffff, (__m512)low, (__m512)x);
  else
    return (Packet<T>)_mm512_maskz_max_pd(0xff, (__m512d)low, (__m512d)x);
#elif defined(__AVX__)
  if constexpr (sizeof(T) == 4)
    return (Packet<T>)_mm256_max_ps((__m256)low, (__m256)x);
  else
    return (Packet<T>)_mm256_max_pd((__m256d)low, (__m256d)x);
#else
  return x < low ? low : x;
#endif
}

/// x, or `most` where x is larger; a NaN stays.
template <class T>
RAVINE_INLINE Packet<T> at_most(T most, Packet<T> x) {
  const Packet<T> high = broadcast(most);
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return (Packet<T>)_mm512_maskz_min_ps(0xffff, (__m512)high, (__m512)x);
  else
    return (Packet<T>)_mm512_maskz_min_pd(0xff, (__m512d)high, (__m512d)x);
#elif defined(__AVX__)
  if constexpr (sizeof(T) == 4)
    return (Packet<T>)_mm256_min_ps((__m256)high, (__m256)x);
  else
    return (Packet<T>)_mm256_min_pd((__m256d)high, (__m256d)x);
#else
  return x > high ? high : x;
#endif
}

/// a * b + c, rounded once. Without such an instruction the C library rounds, exactly but slowly.
RAVINE_INLINE Packet<float> fma(Packet<float> a, Packet<float> b, Packet<float> c) {
#if defined(__AVX512F__)
  return (Packet<float>)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (Packet<float>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__ARM_NEON)
  return (Packet<float>)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  for (std::size_t i = 0; i < kLanes<float>; ++i) c[i] = std::fma(a[i], b[i], c[i]);
  return c;
#endif
}
RAVINE_INLINE Packet<double> fma(Packet<double> a, Packet<double> b, Packet<double> c) {
#if defined(__AVX512F__)
  return (Packet<double>)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
  return (Packet<double>)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__ARM_NEON)
  return (Packet<double>)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  for (std::size_t i = 0; i < kLanes<double>; ++i) c[i] = std::fma(a[i], b[i], c[i]);
  return c;
#endif
}

/// The numbers 0, 1, ... of the lanes.
template <class T>
RAVINE_INLINE BitPacket<T> lane_numbers() {
  return []<std::size_t... I>(std::index_sequence<I...>) { return BitPacket<T>{I...}; }
  (std::make_index_sequence<kLanes<T>>{});
}

/// Whether a part of a packet is read and written by one instruction.
inline constexpr bool kMaskedParts = kPacketBytes >= 32;

/// The first `count` lanes from memory, zeros in the others; nothing behind them is read.
template <class T>
RAVINE_INLINE Packet<T> load_part(const T* from, std::size_t count) {
  if constexpr (!kMaskedParts) {
    Packet<T> packet{};
    std::memcpy(&packet, from, count * sizeof(T));
    return packet;
  }
#if defined(__AVX512F__)
  const auto mask = static_cast<std::uint16_t>((1U << count) - 1);
  if constexpr (sizeof(T) == 4)
    return (Packet<T>)_mm512_maskz_loadu_ps(mask, from);
  else
    return (Packet<T>)_mm512_maskz_loadu_pd(static_cast<std::uint8_t>(mask), from);
#elif defined(__AVX2__)
  const auto mask = (__m256i)(lane_numbers<T>() < static_cast<BitsOf<T>>(count));
  if constexpr (sizeof(T) == 4)
    return (Packet<T>)_mm256_maskload_ps(from, mask);
  else
    return (Packet<T>)_mm256_maskload_pd(from, mask);
#endif
}

/// Writes the first `count` lanes and nothing behind them.
template <class T>
RAVINE_INLINE void store_part(T* to, Packet<T> packet, std::size_t count) {
  if constexpr (!kMaskedParts) {
    std::memcpy(to, &packet, count * sizeof(T));
    return;
  }
#if defined(__AVX512F__)
  const auto mask = static_cast<std::uint16_t>((1U << count) - 1);
  if constexpr (sizeof(T) == 4)
    _mm512_mask_storeu_ps(to, mask, (__m512)packet);
  else
    _mm512_mask_storeu_pd(to, static_cast<std::uint8_t>(mask), (__m512d)packet);
#elif defined(__AVX2__)
  const auto mask = (__m256i)(lane_numbers<T>() < static_cast<BitsOf<T>>(count));
  if constexpr (sizeof(T) == 4)
    _mm256_maskstore_ps(to, mask, (__m256)packet);
  else
    _mm256_maskstore_pd(to, mask, (__m256d)packet);
#endif
}

#ifdef __AVX512F__
/// p 2^n, rounded once. (GCC 12 takes the form without a mask for uninitialized.)
RAVINE_INLINE Packet<float> scale_by_power(Packet<float> p, Packet<float> n) {
  return (Packet<float>)_mm512_maskz_scalef_ps(0xffff, (__m512)p, (__m512)n);
}
RAVINE_INLINE Packet<double> scale_by_power(Packet<double> p, Packet<double> n) {
  return (Packet<double>)_mm512_maskz_scalef_pd(0xff, (__m512d)p, (__m512d)n);
}
#endif

}  // namespace ravine
