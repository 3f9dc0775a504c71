#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "ravine/nn/network.hpp"

namespace ravine {

/// Memory for passes of up to `rows` examples through one network: layer outputs, batch-norm
/// statistics and, for training, derivatives. Allocates only when made; the network must outlive
/// it. One workspace belongs to one session; not thread-safe.
class RAVINE_EXPORT Workspace {
 public:
  enum class Use { kInference, kTraining };
  Workspace(const Network& network, std::size_t rows, Use use);

  std::size_t rows() const { return rows_; }
  std::size_t bytes() const;
  /// The same for a workspace that nobody has made.
  static std::size_t bytes(const Network& network, std::size_t rows, Use use);
  /// The statistics of all batch-norm layers, in the order of the layers.
  std::span<double> statistics() { return statistics_; }
  std::span<double> statistics(std::size_t layer);

  LayerState state(std::size_t layer, const Input& network_input);
  /// Where the loss writes dL/dz: (rows, outputs).
  MatrixView<Real> output_delta(std::size_t rows);
  /// The derivative buffer that does not hold `delta`, as (delta.rows, cols).
  MatrixView<Real> next_delta(MatrixView<Real> delta, std::size_t cols);

 private:
  const Network* network_;
  std::size_t rows_;
  std::vector<AlignedVector<Real>> outputs_;  // one for each layer that does not work in place
  std::vector<std::size_t> output_of_;        // layer -> index into outputs_
  std::vector<std::size_t> statistics_offset_;
  std::vector<double> statistics_;
  std::array<AlignedVector<Real>, 2> delta_;
};

}  // namespace ravine
