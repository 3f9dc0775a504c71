#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// What a random stream is for. Streams of different purposes are independent, so trials that
/// differ in one factor share everything else. The numbers are part of the bits contract: append,
/// never renumber.
enum class Purpose : std::uint32_t {
  kInitialization = 1,
  kShuffle = 2,
  kDropout = 3,
  kNoise = 4,
  kData = 5,
  kProblem = 6,
  kTuning = 7,
  kTest = 8,
  kProbe = 9,
  kAugmentation = 10,
};

/// Philox 4x32-10 (Salmon et al. 2011, Random123), keyed by (seed, purpose, index).
///
/// All draws are own code on the raw 32-bit words: the same numbers with every compiler and every
/// standard library. Normals use Wichura's AS 241 inverse with a logarithm of our own, nothing of
/// libm. Not thread-safe; streams are cheap, make one per task.
class RAVINE_EXPORT RandomStream {
 public:
  RandomStream(std::uint64_t seed, Purpose purpose, std::uint64_t index = 0);

  std::uint32_t bits();
  /// Uniform in [0, 1) with 53 bits.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform in {0, ..., bound - 1}, exactly (Lemire 2019). `bound` must be positive.
  std::uint32_t below(std::uint32_t bound);
  /// Standard normal, one uniform per draw.
  double normal();
  /// Fisher-Yates permutation in place.
  void shuffle(std::span<std::int32_t> items);

  /// Words drawn so far: with the key, the whole state of the stream.
  std::uint64_t position() const { return position_; }
  void set_position(std::uint64_t position);

 private:
  void refill();

  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> words_{};
  std::uint64_t position_ = 0;
};

/// Inverse of the standard normal distribution function at p in (0, 1): Wichura (1988), Algorithm
/// AS 241 (PPND16), relative accuracy about 1e-16.
RAVINE_EXPORT double normal_quantile(double p);

}  // namespace ravine
