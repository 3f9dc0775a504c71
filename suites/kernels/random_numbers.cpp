// Philox: raw words and normals. Four words cost 20 multiplications, a normal takes two words.

#include "ravine/core/random.hpp"

#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

constexpr int kDraws = 4096;
constexpr double kMultipliesPerWord = 5;

template <class Draw>
void add_draws(const Limits& limits, const char* name, double words, Draw draw) {
  add_row(name, [=, &limits](benchmark::State& state) {
    RandomStream stream(0, Purpose::kTest);
    for (auto _ : state)
      for (int i = 0; i < kDraws; ++i) benchmark::DoNotOptimize(draw(stream));
    report(state, limits, {.multiplies = words * kDraws * kMultipliesPerWord});
  });
}

}  // namespace

void add_random_numbers(const Limits& limits) {
  add_draws(limits, "random/words/4096", 1, [](RandomStream& stream) { return stream.bits(); });
  add_draws(limits, "random/uniforms/4096", 2,
            [](RandomStream& stream) { return stream.uniform(); });
  add_draws(limits, "random/normals/4096", 2, [](RandomStream& stream) { return stream.normal(); });
}

}  // namespace ravine::kernels
