#include <algorithm>
#include <chrono>

#include "ravine/core/environment.hpp"
#include "ravine/core/memory.hpp"
#include "ravine/core/messages.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/plan/memory_need.hpp"
#include "ravine/run/progress_display.hpp"
#include "ravine/run/runner.hpp"

namespace ravine {
namespace {

// A trial spends about this share of the products' speed: the rest goes into updates, activations
// and the evaluations of its curve.
constexpr double kTypicalEfficiency = 0.4;

// An update beside its products (measured with 3 million of them in two dimensions).
constexpr double kStepSeconds = 4e-7;

// GFLOP/s of one thread in a product of the suites' size.
double product_speed() {
  constexpr std::size_t kBatch = 128, kWidth = 512;
  const AlignedVector<Real> x(kBatch * kWidth, Real{1}), w(kWidth * kWidth, Real{1});
  AlignedVector<Real> y(kBatch * kWidth);
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  int products = 0;
  double seconds = 0;
  while (seconds < 0.05) {
    add_product({}, MatrixView<const Real>(x.data(), kBatch, kWidth),
                MatrixView<const Real>(w.data(), kWidth, kWidth),
                MatrixView<Real>(y.data(), kBatch, kWidth));
    ++products;
    seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  return 2e-9 * kBatch * kWidth * kWidth * products / seconds;
}

// As long as its trials one after the other on all cores that have something to do, and no less
// than the longest of them.
double seconds_of(const std::vector<PlannedTrial>& plan, const RunSettings& options,
                  double gigaflops_per_second) {
  const int cores = std::max(1, available_cores());
  const double workers = std::min({static_cast<double>(options.workers), static_cast<double>(cores),
                                   static_cast<double>(plan.size())});
  const double threads = std::min(options.threads, cores);
  double all = 0, longest = 0;
  for (const PlannedTrial& planned : plan) {
    const double seconds = planned.gigaflops / (gigaflops_per_second * threads) +
                           kStepSeconds * static_cast<double>(planned.total_steps) + kTrialSeconds;
    all += seconds;
    longest = std::max(longest, seconds);
  }
  return std::max(all / std::min(workers, std::max(1.0, cores / threads)), longest);
}

}  // namespace

int estimate_plan(const std::vector<PlannedTrial>& plan, const RunSettings& options,
                  const Suite& suite) {
  double gigaflops = 0;
  for (const PlannedTrial& planned : plan) gigaflops += planned.gigaflops;
  const double speed = product_speed();
  const double seconds = seconds_of(plan, options, speed * kTypicalEfficiency);
  const MemoryNeed need =
      memory_need(plan, options.workers, suite.catalogs, suite.checks_bytes, {options.threads});
  const MemoryLimit limit = memory_limit(options.memory_bytes);
  answer("trials        {}\n", plan.size());
  answer("work          {:.0f} GFLOP of gradients\n", gigaflops);
  answer("this machine  {:.0f} GFLOP/s per core in products, {} workers x {} threads\n", speed,
         options.workers, options.threads);
  answer("time          about {}\n", format_duration(std::max(1.0, seconds)));
  answer("memory        about {:.1f} MB per worker, {} in all with {} of data; {} {}\n",
         need.largest_trial * 1e-6, format_memory(need.total()), format_memory(need.data),
         format_memory(limit.bytes), limit.source);
  answer("output        {}\n", options.output);
  return 0;
}

}  // namespace ravine
