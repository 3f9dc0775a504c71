#include "ravine/data/batches.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "ravine/core/component.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/random.hpp"

namespace ravine {

BatchSampler::BatchSampler(Range train, const Options& options, std::uint64_t seed)
    : train_(train), options_(options), seed_(seed), order_(train.size()) {
  check_choice("shuffle", options_.shuffle, "per_epoch|fixed|iid");
  if (train_.size() == 0) fail("there are no training examples to draw batches from");
  if (train_.end > std::numeric_limits<std::int32_t>::max())
    fail("{} examples are more than an int32 can count: use fewer", train_.end);
  if (options_.batch_size > train_.size())
    fail("batch size {} is larger than the {} training examples: use at most that, or full",
         options_.batch_size, train_.size());
  std::iota(order_.begin(), order_.end(), static_cast<std::int32_t>(train_.begin));
  const std::size_t batch = options_.batch_size == 0 ? train_.size() : options_.batch_size;
  if (batch < options_.least)
    fail(
        "batch size {} is too small: batch normalization needs at least {} examples for a "
        "variance; use --batch-size {} or more, or --batch-norm off",
        batch, options_.least, options_.least);
  const std::size_t last = train_.size() % batch;
  const bool uses_last = options_.keep_last && last > 0 && last >= options_.least;
  steps_per_epoch_ = static_cast<std::int64_t>(train_.size() / batch + uses_last);
}

std::span<const std::int32_t> BatchSampler::batch(std::int64_t step) {
  if (options_.batch_size == 0) return order_;
  if (step < 1) fail("step {} has no batch: steps count from 1", step);
  const std::int64_t epoch = (step - 1) / steps_per_epoch_;
  if (epoch != epoch_) prepare(epoch);
  const std::size_t begin =
      static_cast<std::size_t>((step - 1) % steps_per_epoch_) * options_.batch_size;
  return std::span(order_).subspan(begin, std::min(options_.batch_size, order_.size() - begin));
}

void BatchSampler::prepare(std::int64_t epoch) {
  const bool fixed = options_.shuffle == "fixed";
  const bool first = epoch_ < 0;
  epoch_ = epoch;
  if (fixed && !first) return;
  RandomStream stream(seed_, Purpose::kShuffle, fixed ? 0 : static_cast<std::uint64_t>(epoch));
  if (options_.shuffle == "iid") {
    const auto count = static_cast<std::uint32_t>(train_.size());
    for (std::int32_t& example : order_)
      example = static_cast<std::int32_t>(train_.begin + stream.below(count));
    return;
  }
  // Each pass permutes the stored order, never the order of the pass before: a resumed trial
  // starts in the middle.
  std::iota(order_.begin(), order_.end(), static_cast<std::int32_t>(train_.begin));
  stream.shuffle(order_);
}

}  // namespace ravine
