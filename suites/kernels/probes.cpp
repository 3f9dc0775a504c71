#include "probes.hpp"

#include "ravine/core/packet.hpp"

// Compiled once per instruction set, as the namespace RAVINE_PROBES. It calls nothing that is not
// inlined: the linker might take a function for the wide set where the narrow one is meant.

namespace ravine::kernels {
namespace RAVINE_PROBES {
namespace {

// The compiler must take it for read and written.
template <class T>
RAVINE_INLINE void keep(T& value) {
  asm volatile("" : "+m"(value));
}

// Enough independent sums to hide the latency of two units, few enough for 16 registers. They start
// differently, or the compiler would compute one of them only.
void fused_multiply_adds() {
  const auto a = broadcast(Real(0.999)), b = broadcast(Real(0.5));
  Packet<Real> sums[Probes::kSums];
  for (std::size_t i = 0; i < Probes::kSums; ++i) {
    sums[i] = broadcast(static_cast<Real>(i));
    keep(sums[i]);
  }
  for (std::size_t round = 0; round < Probes::kRounds; ++round)
    for (auto& sum : sums) sum = fma(sum, a, b);
  for (auto& sum : sums) keep(sum);
}

// 32 x 32 -> 64 bits, as Philox makes them.
using Words = Packet<std::uint64_t>;
RAVINE_INLINE Words multiply(Words words, Words factor) {
#if defined(__AVX512F__)
  return (Words)_mm512_maskz_mul_epu32(0xff, (__m512i)words, (__m512i)factor);
#elif defined(__AVX2__)
  return (Words)_mm256_mul_epu32((__m256i)words, (__m256i)factor);
#else
  return (words & 0xffffffff) * (factor & 0xffffffff);
#endif
}

void integer_multiplies() {
  const Words factor = Words{} + 0xCD9E8D57;
  Words chains[Probes::kSums];
  for (std::size_t i = 0; i < Probes::kSums; ++i) {
    chains[i] = Words{} + (0xD2511F53 + i);
    keep(chains[i]);
  }
  for (std::size_t round = 0; round < Probes::kRounds; ++round)
    for (Words& chain : chains) chain = multiply(chain, factor);
  for (Words& chain : chains) keep(chain);
}

RAVINE_INLINE Packet<Real> root(Packet<Real> x) {
  for (std::size_t i = 0; i < kLanes<Real>; ++i) x[i] = std::sqrt(x[i]);
  return x;
}

// What Adam, RMSProp and AdaGrad ask of the divider for every parameter. Its chains are
// independent: the unit is busy all the time.
void roots_and_quotients() {
  const auto a = broadcast(Real(0.7));  // towards 0.7^(2/3): no short number
  Packet<Real> chains[Probes::kRoots];
  for (std::size_t i = 0; i < Probes::kRoots; ++i) {
    chains[i] = broadcast(static_cast<Real>(i + 2));
    keep(chains[i]);
  }
  for (std::size_t round = 0; round < Probes::kRounds; ++round)
    for (auto& x : chains) x = a / root(x);
  for (auto& x : chains) keep(x);
}

void copy(const Real* from, Real* to, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kLanes<Real>) store(to + i, load(from + i));
}

}  // namespace

const Probes kProbes = {kLanes<Real>, fused_multiply_adds, integer_multiplies, roots_and_quotients,
                        copy};

}  // namespace RAVINE_PROBES
}  // namespace ravine::kernels
