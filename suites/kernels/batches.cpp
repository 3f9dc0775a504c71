// Mini-batches: rows gathered from a data set, and the shuffle that chooses them.

#include "ravine/data/batches.hpp"

#include <fmt/format.h>

#include <memory>

#include "networks.hpp"
#include "ravine/problems/batch.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

constexpr std::size_t kRows = 20000, kPixels = 784, kBatch = 128;

// `stored` bytes are read and `made` bytes written for every batch; rows come from all over a data
// set of `whole` bytes.
void add_gather(const Limits& limits, const char* name, std::shared_ptr<const Dataset> (*make)(),
                double stored, double made, std::size_t whole) {
  add_row(name, [=, &limits](benchmark::State& state) {
    const auto data = make();
    BatchSampler sampler(data->train, {.batch_size = kBatch}, 0);
    Batch batch(*data, kBatch, false);
    std::int64_t step = 0;
    const std::int64_t steps = sampler.steps_per_epoch() - 1;  // no shuffle on the way
    for (auto _ : state) {
      batch.load(sampler.batch(1 + step++ % steps));
      benchmark::ClobberMemory();
    }
    report(state, limits, {.bytes = stored + made, .working_set_bytes = whole});
  });
}

}  // namespace

void add_batches(const Limits& limits) {
  constexpr double kElements = kBatch * kPixels;
  add_gather(
      limits, "batch/uint8/128x784", [] { return random_images(kRows, kPixels); }, kElements,
      kElements * sizeof(Real), kRows * kPixels);
  add_gather(
      limits, "batch/float/128x784", [] { return random_numbers(kRows, kPixels); },
      kElements * sizeof(float), kElements * sizeof(Real), kRows * kPixels * sizeof(float));
  // Sparse rows are only pointed at: indices and labels are all that moves.
  add_gather(
      limits, "batch/sparse/128x10000", [] { return random_sparse(500, 10000, 100); },
      kBatch * 2 * sizeof(std::int32_t), kBatch * 2 * sizeof(std::int32_t),
      500 * sizeof(std::int32_t));
  // A shuffle draws one word per example: five multiplications, and one to bring it into range.
  add_row(fmt::format("batch/shuffle/{}", kRows), [&limits](benchmark::State& state) {
    BatchSampler sampler({0, kRows}, {.batch_size = kRows}, 0);
    std::int64_t epoch = 0;
    for (auto _ : state) benchmark::DoNotOptimize(sampler.batch(++epoch).data());
    report(state, limits, {.multiplies = 6.0 * kRows});
  });
}

}  // namespace ravine::kernels
