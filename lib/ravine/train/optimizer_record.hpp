#pragma once

#include <span>
#include <string>
#include <vector>

#include "ravine/core/layout.hpp"
#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// What `record=optimizer` adds to the curve of a trial:
///
///   optimizer_<name>           what the optimizer itself records, such as its damping (see its
///                              visit_records())
///   optimizer_rate_<block>     the effective rate of each block of parameters in the last step,
///                              |theta_t - theta_{t-1}| / |g| over the block: the learning rate of
///                              the gradient descent that would have moved it as far
///
/// A '/' in a block's name becomes '_'. Rates are NaN where the step before was not kept, and where
/// a block has no gradient.
class RAVINE_EXPORT OptimizerRecord {
 public:
  OptimizerRecord() = default;
  /// The optimizer has been reset() with the layout.
  OptimizerRecord(Optimizer& optimizer, const ParameterLayout& layout);

  /// Without values; empty if nothing is recorded.
  const std::vector<Column>& columns() const { return columns_; }
  /// One value for each column; `previous` is theta before the last step, or empty.
  std::vector<double> values(Optimizer& optimizer, std::span<const Real> theta,
                             std::span<const Real> previous, Threads threads) const;

 private:
  std::vector<Block> blocks_;
  std::vector<Column> columns_;
};

}  // namespace ravine
