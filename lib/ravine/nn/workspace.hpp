#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ravine/nn/network.hpp"

namespace ravine {

/// Memory for passes of up to `rows` examples through one network, as its plan assigns it: layer
/// outputs, batch-norm statistics and, for training, derivatives. Allocates only when made; the
/// network must outlive it. One workspace belongs to one session; not thread-safe.
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
  std::span<double> statistics(const Step& step) {
    return std::span(statistics_).subspan(step.first_statistic, step.statistics_size());
  }

  /// What the layer of a step reads and writes.
  LayerState state(const Step& step, const Input& network_input);
  /// A buffer of values as (rows of the input, cols); the input itself for Step::kNetworkInput.
  MatrixView<const Real> value(std::size_t buffer, const Input& network_input, std::size_t cols);
  /// What a step writes: (rows, outputs).
  MatrixView<Real> output(const Step& step, std::size_t rows) {
    return {values_[step.y], rows, step.outputs};
  }
  /// A buffer of derivatives as (rows, cols).
  MatrixView<Real> delta(std::size_t buffer, std::size_t rows, std::size_t cols) {
    return {deltas_[buffer], rows, cols};
  }
  /// Where the loss writes dL/dz: (rows, outputs).
  MatrixView<Real> output_delta(std::size_t rows) {
    return {deltas_[0], rows, network_->outputs()};
  }

 private:
  const Network* network_;
  std::size_t rows_;
  std::vector<AlignedVector<Real>> values_, deltas_;
  std::vector<double> statistics_;
};

}  // namespace ravine
