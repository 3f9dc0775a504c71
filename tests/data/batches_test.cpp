#include "ravine/data/batches.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

using Batch = std::vector<std::int32_t>;

Batch copy(std::span<const std::int32_t> batch) { return {batch.begin(), batch.end()}; }

Batch whole_epoch(BatchSampler& sampler, std::int64_t epoch) {
  Batch examples;
  const std::int64_t steps = sampler.steps_per_epoch();
  for (std::int64_t step = epoch * steps + 1; step <= (epoch + 1) * steps; ++step)
    for (std::int32_t example : sampler.batch(step)) examples.push_back(example);
  return examples;
}

Batch sorted(Batch batch) {
  std::sort(batch.begin(), batch.end());
  return batch;
}

Batch all_of(Range range) {
  Batch all;
  for (std::size_t i = range.begin; i < range.end; ++i) all.push_back(static_cast<std::int32_t>(i));
  return all;
}

constexpr Range kTrain = {5, 108};  // 103 examples

TEST(BatchSampler, EveryExampleOncePerEpoch) {
  for (const char* shuffle : {"per_epoch", "fixed"}) {
    BatchSampler sampler(kTrain, {.batch_size = 10, .shuffle = shuffle}, 1);
    EXPECT_EQ(sampler.steps_per_epoch(), 11);
    for (std::int64_t epoch = 0; epoch < 3; ++epoch)
      EXPECT_EQ(sorted(whole_epoch(sampler, epoch)), all_of(kTrain)) << shuffle;
    EXPECT_EQ(sampler.batch(11).size(), 3u);
    EXPECT_EQ(sampler.batch(12).size(), 10u);
  }
}

TEST(BatchSampler, PerEpochPermutesEveryPassAnew) {
  BatchSampler sampler(kTrain, {.batch_size = 10}, 1);
  const Batch first = whole_epoch(sampler, 0);
  EXPECT_NE(first, all_of(kTrain));
  EXPECT_NE(first, whole_epoch(sampler, 1));
}

TEST(BatchSampler, FixedRepeatsTheFirstPermutation) {
  BatchSampler fixed(kTrain, {.batch_size = 10, .shuffle = "fixed"}, 1);
  BatchSampler per_epoch(kTrain, {.batch_size = 10}, 1);
  const Batch first = whole_epoch(fixed, 0);
  EXPECT_EQ(first, whole_epoch(per_epoch, 0));
  EXPECT_EQ(first, whole_epoch(fixed, 1));
  EXPECT_EQ(first, whole_epoch(fixed, 7));
}

TEST(BatchSampler, DroppedLastBatchLeavesFullBatchesOfDistinctExamples) {
  BatchSampler sampler(kTrain, {.batch_size = 10, .keep_last = false}, 1);
  EXPECT_EQ(sampler.steps_per_epoch(), 10);
  Batch epoch = sorted(whole_epoch(sampler, 0));
  EXPECT_EQ(epoch.size(), 100u);
  EXPECT_EQ(std::unique(epoch.begin(), epoch.end()), epoch.end());
}

TEST(BatchSampler, ABatchSizeThatDividesLeavesNothingOver) {
  for (bool keep_last : {true, false}) {
    BatchSampler sampler({0, 100}, {.batch_size = 25, .keep_last = keep_last}, 1);
    EXPECT_EQ(sampler.steps_per_epoch(), 4);
    EXPECT_EQ(sampler.batch(4).size(), 25u);
  }
}

TEST(BatchSampler, ALastBatchBelowTheLeastIsDropped) {
  for (const char* shuffle : {"per_epoch", "fixed", "iid"}) {
    const auto steps = [&](std::size_t examples, std::size_t batch_size, std::size_t least) {
      BatchSampler sampler({0, examples},
                           {.batch_size = batch_size, .shuffle = shuffle, .least = least}, 1);
      for (std::int64_t t = 1; t <= 3 * sampler.steps_per_epoch(); ++t)
        EXPECT_GE(sampler.batch(t).size(), least);
      return sampler.steps_per_epoch();
    };
    EXPECT_EQ(steps(49, 16, 2), 3);
    EXPECT_EQ(steps(49, 16, 1), 4);
    EXPECT_EQ(steps(50, 16, 2), 4);
    EXPECT_EQ(steps(48, 16, 2), 3);
    EXPECT_EQ(steps(3, 2, 2), 1);
  }
  EXPECT_THROW(BatchSampler({0, 49}, {.batch_size = 1, .least = 2}, 1), Error);
  EXPECT_THROW(BatchSampler({0, 1}, {.least = 2}, 1), Error);
}

TEST(BatchSampler, IidDrawsUniformlyWithReplacement) {
  constexpr std::size_t kExamples = 20;
  BatchSampler sampler({10, 10 + kExamples}, {.batch_size = 5, .shuffle = "iid"}, 1);
  EXPECT_EQ(sampler.steps_per_epoch(), 4);
  std::map<std::int32_t, int> count;
  constexpr int kEpochs = 1000;
  int passes_with_repeats = 0;
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    const Batch examples = whole_epoch(sampler, epoch);
    ASSERT_EQ(examples.size(), kExamples);
    passes_with_repeats += sorted(examples) != all_of({10, 10 + kExamples});
    for (std::int32_t example : examples) ++count[example];
  }
  EXPECT_EQ(passes_with_repeats, kEpochs);  // 20! / 20^20 = 2e-8 for a pass without
  EXPECT_EQ(count.size(), kExamples);
  EXPECT_EQ(count.begin()->first, 10);
  double chi2 = 0;
  for (const auto& [example, n] : count) chi2 += (n - kEpochs) * (n - kEpochs) / double{kEpochs};
  EXPECT_LT(chi2, 43.82);  // 99.9 % quantile with 19 degrees of freedom
}

TEST(BatchSampler, AnyOrderOfStepsGivesTheSameBatches) {
  for (const char* shuffle : {"per_epoch", "fixed", "iid"}) {
    BatchSampler ascending(kTrain, {.batch_size = 10, .shuffle = shuffle}, 3);
    BatchSampler resumed(kTrain, {.batch_size = 10, .shuffle = shuffle}, 3);
    std::vector<Batch> batches;
    for (std::int64_t step = 1; step <= 40; ++step) batches.push_back(copy(ascending.batch(step)));
    for (std::int64_t step : {37, 12, 40, 1, 11})
      EXPECT_EQ(copy(resumed.batch(step)), batches[static_cast<std::size_t>(step - 1)]) << shuffle;
  }
}

TEST(BatchSampler, TheSeedDecides) {
  BatchSampler a(kTrain, {.batch_size = 10}, 1), b(kTrain, {.batch_size = 10}, 2);
  EXPECT_NE(copy(a.batch(1)), copy(b.batch(1)));
}

TEST(BatchSampler, FullBatchIsTheStoredOrder) {
  BatchSampler sampler(kTrain, {}, 1);
  EXPECT_EQ(sampler.steps_per_epoch(), 1);
  EXPECT_EQ(copy(sampler.batch(1)), all_of(kTrain));
  EXPECT_EQ(copy(sampler.batch(9)), all_of(kTrain));
}

TEST(BatchSampler, RefusesMisuse) {
  EXPECT_THROW(BatchSampler(kTrain, {.batch_size = 104}, 1), Error);
  EXPECT_THROW(BatchSampler({3, 3}, {.batch_size = 1}, 1), Error);
  EXPECT_THROW(BatchSampler(kTrain, {.batch_size = 10, .shuffle = "perepoch"}, 1), Error);
  BatchSampler sampler(kTrain, {.batch_size = 10}, 1);
  EXPECT_THROW(sampler.batch(0), Error);
}

}  // namespace
}  // namespace ravine
