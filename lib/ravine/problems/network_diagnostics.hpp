#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ravine/nn/workspace.hpp"
#include "ravine/problems/batch.hpp"
#include "ravine/problems/diagnostics.hpp"
#include "ravine/problems/network_problem.hpp"

namespace ravine {

/// Measures the layers of a network on fixed cases: the first 300 test examples (training examples
/// without a test part), which pass as in training, with their own batch-norm statistics and the
/// dropout masks of step 0. Has memory of its own, so that training is not disturbed. Not
/// thread-safe.
class NetworkDiagnostics {
 public:
  static constexpr std::size_t kCases = 300;

  NetworkDiagnostics(std::shared_ptr<const NetworkModel> model, const Pass& pass);

  /// One row per layer of weights, from the input to the output.
  const std::vector<LayerDiagnostics>& measure(std::span<const Real> theta);

 private:
  /// A layer of weights with the normalization and the activation behind it, by their roles.
  struct Stage {
    std::size_t input = 0, activation = 0;  // the steps whose outputs are s and h
    const Block* weight = nullptr;
    const Block *bias = nullptr, *gain = nullptr;
  };

  void find_stages();
  void see_output(std::size_t step, MatrixView<const Real> y);
  void see_units(LayerDiagnostics& row, MatrixView<const Real> s);
  Summary summarize_copy(std::span<const Real> values);
  double gradient_norm(const Block* block) const;

  std::shared_ptr<const NetworkModel> model_;
  Pass pass_;
  Batch batch_;
  Workspace workspace_;
  AlignedVector<Real> gradient_, scratch_;
  std::vector<Stage> stages_;
  std::vector<LayerDiagnostics> rows_;  // one for each stage
};

}  // namespace ravine
