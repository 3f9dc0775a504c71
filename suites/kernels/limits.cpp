#include "limits.hpp"

#include <benchmark/benchmark.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "ravine/core/real.hpp"

namespace ravine::kernels {
namespace {

/// A piece of work whose rate is measured in short runs. The highest rate counts: pauses of the
/// machine only make a run slower.
class Probe {
 public:
  /// `run` does `amount` of something.
  Probe(double amount, std::function<void()> run) : amount_(amount), run_(std::move(run)) {}

  void measure() {
    using Clock = std::chrono::steady_clock;
    constexpr double kSeconds = 0.004;
    const auto begin = Clock::now();
    double seconds = 0;
    int calls = 0;
    do {
      run_();
      ++calls;
      seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    } while (seconds < kSeconds);
    best_ = std::max(best_, amount_ * calls / seconds);
  }
  double rate() const { return best_; }

 private:
  double amount_;
  std::function<void()> run_;
  double best_ = 0;
};

// Enough independent sums to hide the latency of two units, few enough for 16 registers. They start
// differently, or the compiler would compute one of them only.
Probe fused_multiply_adds() {
  using Packet = Eigen::internal::packet_traits<Real>::type;
  constexpr int kSums = 12, kRounds = 2000;
  constexpr int kLanes = Eigen::internal::packet_traits<Real>::size;
  return {2.0 * kSums * kLanes * kRounds, [] {
            const auto a = Eigen::internal::pset1<Packet>(Real(0.999));
            const auto b = Eigen::internal::pset1<Packet>(Real(0.5));
            Packet sums[kSums];
            for (int i = 0; i < kSums; ++i) {
              sums[i] = Eigen::internal::pset1<Packet>(static_cast<Real>(i));
              benchmark::DoNotOptimize(sums[i]);
            }
            for (int round = 0; round < kRounds; ++round)
              for (Packet& sum : sums) sum = Eigen::internal::pmadd(sum, a, b);
            for (Packet& sum : sums) benchmark::DoNotOptimize(sum);
          }};
}

#ifdef __AVX2__
using Words = __m256i;  // four of 64 bits; the lower halves are multiplied
Words multiply(Words words, Words factor) { return _mm256_mul_epu32(words, factor); }
Words all(std::uint32_t word) { return _mm256_set1_epi64x(word); }
#else
using Words = std::uint64_t;
Words multiply(Words word, Words factor) { return static_cast<std::uint32_t>(word) * factor; }
Words all(std::uint32_t word) { return word; }
#endif

Probe integer_multiplies() {
  constexpr int kChains = 12, kRounds = 2000;
  constexpr double kLanes = sizeof(Words) / sizeof(std::uint64_t);
  return {kChains * kLanes * kRounds, [] {
            const Words factor = all(0xCD9E8D57);
            Words chains[kChains];
            for (int i = 0; i < kChains; ++i) {
              chains[i] = all(0xD2511F53u + static_cast<std::uint32_t>(i));
              benchmark::DoNotOptimize(chains[i]);
            }
            for (int round = 0; round < kRounds; ++round)
              for (Words& chain : chains) chain = multiply(chain, factor);
            for (Words& chain : chains) benchmark::DoNotOptimize(chain);
          }};
}

// What Adam, RMSProp and AdaGrad ask of the divider for every parameter. Its chains are
// independent: the unit is busy all the time.
Probe roots_and_quotients() {
  using Packet = Eigen::internal::packet_traits<Real>::type;
  constexpr int kChains = 6, kRounds = 1000;
  constexpr int kLanes = Eigen::internal::packet_traits<Real>::size;
  return {1.0 * kChains * kLanes * kRounds, [] {
            const auto a =
                Eigen::internal::pset1<Packet>(Real(0.7));  // towards 0.7^(2/3): no short number
            Packet chains[kChains];
            for (int i = 0; i < kChains; ++i) {
              chains[i] = Eigen::internal::pset1<Packet>(static_cast<Real>(i + 2));
              benchmark::DoNotOptimize(chains[i]);
            }
            for (int round = 0; round < kRounds; ++round)
              for (Packet& x : chains) x = Eigen::internal::pdiv(a, Eigen::internal::psqrt(x));
            for (Packet& x : chains) benchmark::DoNotOptimize(x);
          }};
}

struct Arrays {
  explicit Arrays(std::size_t bytes) : from(bytes / sizeof(Real), Real(1)), to(from.size()) {}
  std::size_t bytes() const { return from.size() * sizeof(Real); }
  AlignedVector<Real> from, to;
};

// The C library's copy, which may bypass the caches, and plain vector moves: the faster counts.
std::array<Probe, 2> copies(const std::shared_ptr<Arrays>& arrays) {
  using Packet = Eigen::internal::packet_traits<Real>::type;
  constexpr std::size_t kLanes = Eigen::internal::packet_traits<Real>::size;
  const double moved = 2.0 * static_cast<double>(arrays->bytes());
  return {Probe(moved,
                [arrays] {
                  std::memcpy(arrays->to.data(), arrays->from.data(), arrays->bytes());
                  benchmark::ClobberMemory();
                }),
          Probe(moved, [arrays] {
            const Real* const in = arrays->from.data();
            Real* const out = arrays->to.data();
            for (std::size_t i = 0; i < arrays->from.size(); i += kLanes)
              Eigen::internal::pstore(out + i, Eigen::internal::pload<Packet>(in + i));
            benchmark::ClobberMemory();
          })};
}

// From the kernel's tables: sysconf() may count the last level of a whole server.
std::size_t cache_bytes(int level, std::size_t otherwise) {
  for (const auto& cache : benchmark::CPUInfo::Get().caches)
    if (cache.level == level && cache.type != "Instruction" && cache.size > 0)
      return static_cast<std::size_t>(cache.size);
  return otherwise;
}

}  // namespace

const MemoryLevel& Limits::level(std::size_t working_set_bytes) const {
  for (const MemoryLevel& level : memory)
    if (working_set_bytes <= level.capacity_bytes) return level;
  return memory.back();
}

Limits measure_limits() {
  const std::size_t l1 = cache_bytes(1, std::size_t{32} << 10);
  const std::size_t l2 = cache_bytes(2, std::size_t{1} << 20);
  const std::size_t l3 = cache_bytes(3, std::size_t{32} << 20);
  constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();
  Limits limits;
  limits.memory = {{{"L1", l1}, {"L2", l2}, {"L3", l3}, {"memory", kUnlimited}}};
  std::vector<Probe> probes = {fused_multiply_adds(), integer_multiplies(), roots_and_quotients()};
  // Source and target together fill a quarter of a cache, and four times the last one.
  for (const std::size_t bytes : {l1 / 8, l2 / 8, l3 / 8, 2 * l3})
    for (Probe& probe : copies(std::make_shared<Arrays>(bytes))) probes.push_back(std::move(probe));
  // In turns, so that a pause of the machine meets all of them alike.
  constexpr int kTurns = 40;
  for (int turn = 0; turn < kTurns; ++turn)
    for (Probe& probe : probes) probe.measure();
  limits.flops_per_second = probes[0].rate();
  limits.multiplies_per_second = probes[1].rate();
  limits.roots_per_second = probes[2].rate();
  for (std::size_t i = 0; i < limits.memory.size(); ++i)
    limits.memory[i].bytes_per_second =
        std::max(probes[3 + 2 * i].rate(), probes[4 + 2 * i].rate());
  return limits;
}

}  // namespace ravine::kernels
