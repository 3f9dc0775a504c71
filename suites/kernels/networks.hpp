#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "ravine/data/dataset.hpp"
#include "ravine/problems/network_problem.hpp"

namespace ravine::kernels {

/// A network whose training is timed: the shapes of the suites, from bound by products to bound by
/// everything else.
struct NetworkShapeRow {
  std::string name;  // "784-1000-1000-10"
  std::size_t inputs;
  std::vector<std::size_t> hidden;
  std::string activation;
  std::size_t batch;

  static constexpr std::size_t kOutputs = 10;
  /// inputs, hidden widths, outputs.
  std::vector<std::size_t> widths() const;
};

/// The wide, the small and the tiny one.
const std::vector<NetworkShapeRow>& networks();

/// Pixels and labels drawn at random: nothing that is timed here depends on what they show.
std::shared_ptr<const Dataset> random_images(std::size_t rows, std::size_t pixels);
/// The same as numbers, and as sparse rows of which one value in `every` is there.
std::shared_ptr<const Dataset> random_numbers(std::size_t rows, std::size_t cols);
std::shared_ptr<const Dataset> random_sparse(std::size_t rows, std::size_t cols, std::size_t every);

/// The network on random images.
std::shared_ptr<const NetworkProblem> make_network(
    const NetworkShapeRow& row, BatchNormPlacement batch_norm = BatchNormPlacement::kOff);

/// Cheap random values in [-0.5, 0.5).
void fill_random(std::span<Real> values, std::uint64_t index = 0);

}  // namespace ravine::kernels
