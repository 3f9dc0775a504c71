// ravine-kernels: how fast each piece of training runs, as a share of what this machine allows.
//
// Flags are those of Google Benchmark (--help); scripts/compare_kernels reads the JSON that
// --benchmark_out=FILE writes.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <exception>

#include "limits.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/core/instruction_set.hpp"
#include "ravine/core/messages.hpp"
#include "rows.hpp"

namespace {

using namespace ravine::kernels;

void describe(const Limits& limits) {
  const auto giga = [](const char* name, double value) {
    benchmark::AddCustomContext(name, fmt::format("{:.4g}", value * 1e-9));
  };
  giga("limit_fma_gflops", limits.flops_per_second);
  giga("limit_gmultiplies", limits.multiplies_per_second);
  for (const MemoryLevel& level : limits.memory)
    giga(fmt::format("limit_copy_{}_gbytes", level.name).c_str(), level.bytes_per_second);
  for (const auto& [key, value] : ravine::collect_environment())
    benchmark::AddCustomContext(fmt::format("ravine_{}", key), value);
}

void run() {
  const Limits limits = measure_limits();
  describe(limits);
  for (const auto add :
       {add_products, add_layers, add_updates, add_matrix_updates, add_second_order_updates,
        add_batches, add_random_numbers, add_steps, add_observations, add_storage, add_bookkeeping})
    add(limits);
  benchmark::RunSpecifiedBenchmarks();
}

}  // namespace

int main(int argc, char** argv) {
  ravine::hold_standard_streams();
  try {
    ravine::obey_ravine_isa(argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    run();
  } catch (const std::exception& error) {
    ravine::say("ravine-kernels: {}\n", error.what());
    return 2;
  }
  benchmark::Shutdown();
  return 0;
}
