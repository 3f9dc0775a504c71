#pragma once

#include <span>
#include <vector>

#include "ravine/nn/workspace.hpp"
#include "ravine/problems/batch.hpp"

namespace ravine {

/// The batch-norm statistics that given weights have over a whole range of n examples:
///
///   mu = (1/n) sum_i x_i,   sigma^2 = 1 / (n - 1) sum_i (x_i - mu)^2
///
/// They are what the running averages (running_statistics.hpp) would be if all n examples were one
/// mini-batch and the weights stood still: each layer is computed behind layers that divide by the
/// biased sigma, as in training, and the variances are made unbiased at the end.
///
/// Layer by layer: the statistics of a layer follow from its inputs, which depend on those of the
/// layers before. Chunks of examples are merged in index order (Chan, Golub & LeVeque 1979).
class ExactStatistics {
 public:
  explicit ExactStatistics(const Network& network);

  /// Writes workspace.statistics(); `batch` and `workspace` are used chunk by chunk.
  void compute(const Pass& pass, std::span<const Real> theta, Range range, Batch& batch,
               Workspace& workspace);

 private:
  void compute_step(std::size_t step, const Pass& pass, std::span<const Real> theta, Range range,
                    Batch& batch, Workspace& workspace);

  const Network* network_;
  std::vector<double> chunk_mean_, chunk_variance_;
};

}  // namespace ravine
