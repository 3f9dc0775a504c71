#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "ravine/linalg/products.hpp"
#include "ravine/run/progress_display.hpp"
#include "ravine/run/runner.hpp"
#include "ravine/run/trainer.hpp"

namespace ravine {
namespace {

// A trial spends about this share of the products' speed: the rest goes into updates, activations
// and the evaluations of its curve.
constexpr double kTypicalEfficiency = 0.4;

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

// Bytes that a worker allocates for the largest trial.
std::size_t largest_workspace(const std::vector<PlannedTrial>& plan, const Catalogs& catalogs) {
  std::map<std::pair<const Problem*, std::int64_t>, std::size_t> seen;
  std::size_t largest = 0;
  for (const PlannedTrial& planned : plan) {
    if (!seen.try_emplace({planned.problem.get(), planned.trial.batch_size}, 0).second) continue;
    const Trainer trainer(planned.trial, *planned.problem, catalogs);
    largest = std::max(largest, trainer.workspace_bytes());
  }
  return largest;
}

}  // namespace

int estimate_plan(const std::vector<PlannedTrial>& plan, const SuiteOptions& options,
                  const Catalogs& catalogs) {
  double gigaflops = 0;
  for (const PlannedTrial& planned : plan) gigaflops += planned.gigaflops;
  const double speed = product_speed();
  const int cores = options.workers * options.threads;
  const double seconds = gigaflops / (speed * kTypicalEfficiency * cores);
  const double worker_mb = static_cast<double>(largest_workspace(plan, catalogs)) * 1e-6;
  fmt::print("trials        {}\n", plan.size());
  fmt::print("work          {:.0f} GFLOP of gradients\n", gigaflops);
  fmt::print("this machine  {:.0f} GFLOP/s per core in products, {} workers x {} threads\n", speed,
             options.workers, options.threads);
  fmt::print("time          about {}\n", format_duration(seconds));
  fmt::print("memory        about {:.1f} MB per worker, beside the data\n", worker_mb);
  fmt::print("output        {}\n", options.output);
  return 0;
}

}  // namespace ravine
