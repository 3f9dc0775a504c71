#pragma once

#include <span>
#include <vector>

#include "ravine/nn/workspace.hpp"
#include "ravine/problems/batch.hpp"

namespace ravine {

/// The batch-norm statistics that given weights have over a whole range of examples.
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
  void compute_layer(std::size_t layer, const Pass& pass, std::span<const Real> theta, Range range,
                     Batch& batch, Workspace& workspace);

  const Network* network_;
  std::vector<double> chunk_mean_, chunk_variance_;
};

}  // namespace ravine
