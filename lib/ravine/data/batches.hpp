#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Which examples make up the mini-batch of each step.
///
///   per_epoch  a fresh permutation for every pass (the default)
///   fixed      one permutation, the same in every pass
///   iid        drawn with replacement; a "pass" is as many steps as the others take
///
/// Batches are a pure function of (seed, epoch), so a resumed trial sees the same ones. One object
/// belongs to one trial; not thread-safe. next() does not allocate.
class RAVINE_EXPORT BatchSampler {
 public:
  struct Options {
    std::size_t batch_size = 0;  // 0 = the full batch, in stored order
    std::string shuffle = "per_epoch";
    bool keep_last = true;  // the shorter last batch of a pass is used, not dropped
    std::size_t least = 1;  // fewer examples are never a batch: a last one of fewer is dropped
  };
  /// Throws Error if the batch is larger than the training range or below the least, or the
  /// shuffle unknown.
  BatchSampler(Range train, const Options& options, std::uint64_t seed);

  std::int64_t steps_per_epoch() const { return steps_per_epoch_; }
  /// The examples of step t = 1, 2, ...; valid until the next call. Any order of t works, ascending
  /// is fast.
  std::span<const std::int32_t> batch(std::int64_t step);

 private:
  void prepare(std::int64_t epoch);

  Range train_;
  Options options_;
  std::uint64_t seed_;
  std::int64_t steps_per_epoch_ = 0;
  std::int64_t epoch_ = -1;
  std::vector<std::int32_t> order_;
};

}  // namespace ravine
