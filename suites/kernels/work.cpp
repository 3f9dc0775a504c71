#include "work.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace ravine::kernels {

void report(benchmark::State& state, const Limits& limits, const Work& work) {
  const MemoryLevel& level = limits.level(work.working_set_bytes);
  const double rates = work.threads;
  const double limit = work.flops / (rates * limits.flops_per_second) +
                       work.multiplies / (rates * limits.multiplies_per_second) +
                       work.bytes / (rates * level.bytes_per_second) + work.seconds;
  const auto per_second = [](double amount) {
    return benchmark::Counter(amount, benchmark::Counter::kIsIterationInvariantRate);
  };
  // Seconds of the limit per second of the row: the share.
  state.counters["share"] = per_second(limit);
  std::vector<std::string> bounds;
  if (work.flops > 0) {
    bounds.emplace_back("FMA");
    state.counters["gflops"] = per_second(work.flops * 1e-9);
  }
  if (work.multiplies > 0) bounds.emplace_back("multiplies");
  if (work.bytes > 0) {
    bounds.push_back(fmt::format("copy {}", level.name));
    state.counters["gbytes"] = per_second(work.bytes * 1e-9);
  }
  state.SetLabel(work.bound.empty() ? fmt::format("{}", fmt::join(bounds, " + ")) : work.bound);
}

void set_target(benchmark::State& state, double share) { state.counters["target"] = share; }

benchmark::internal::Benchmark* add_row(const std::string& name, Row row) {
  return benchmark::RegisterBenchmark(name.c_str(), std::move(row))->Unit(benchmark::kMicrosecond);
}

benchmark::internal::Benchmark* add_wall_row(const std::string& name, Row row) {
  return add_row(name, std::move(row))->UseRealTime();
}

}  // namespace ravine::kernels
