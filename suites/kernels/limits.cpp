#include "limits.hpp"

#include <benchmark/benchmark.h>

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

#include "probes.hpp"
#include "ravine/core/instruction_set.hpp"
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

const Probes& probes_of_the_library() {
#ifdef RAVINE_PROBES_OF_AVX512
  if (instruction_set() == "x86-64-v4") return avx512::kProbes;
#endif
  return base::kProbes;
}

struct Arrays {
  explicit Arrays(std::size_t bytes) : from(bytes / sizeof(Real), Real(1)), to(from.size()) {}
  std::size_t bytes() const { return from.size() * sizeof(Real); }
  AlignedVector<Real> from, to;
};

// The C library's copy, which may bypass the caches, and plain vector moves: the faster counts.
std::array<Probe, 2> copies(const std::shared_ptr<Arrays>& arrays) {
  const double moved = 2.0 * static_cast<double>(arrays->bytes());
  return {Probe(moved,
                [arrays] {
                  std::memcpy(arrays->to.data(), arrays->from.data(), arrays->bytes());
                  benchmark::ClobberMemory();
                }),
          Probe(moved, [arrays] {
            probes_of_the_library().copy(arrays->from.data(), arrays->to.data(),
                                         arrays->from.size());
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
  const Probes& loops = probes_of_the_library();
  const double lanes = static_cast<double>(loops.lanes);
  constexpr double kSums = Probes::kSums * Probes::kRounds,
                   kRoots = Probes::kRoots * Probes::kRounds;
  const double words = lanes * sizeof(Real) / sizeof(std::uint64_t);
  std::vector<Probe> probes = {{2 * kSums * lanes, loops.fused_multiply_adds},
                               {kSums * words, loops.integer_multiplies},
                               {kRoots * lanes, loops.roots_and_quotients}};
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
