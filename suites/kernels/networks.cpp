#include "networks.hpp"

#include <fmt/format.h>

#include <span>

#include "ravine/core/random.hpp"

namespace ravine::kernels {
namespace {

RandomStream random_stream(std::uint64_t index) { return {0, Purpose::kTest, index}; }

Dataset labelled(std::size_t rows, std::size_t cols) {
  Dataset data;
  data.name = "random";
  data.features.rows = rows;
  data.features.cols = cols;
  data.classes = NetworkShapeRow::kOutputs;
  data.train = {0, rows};
  RandomStream stream = random_stream(1);
  for (std::size_t i = 0; i < rows; ++i)
    data.labels.push_back(static_cast<std::int32_t>(stream.below(NetworkShapeRow::kOutputs)));
  return data;
}

}  // namespace

std::vector<std::size_t> NetworkShapeRow::widths() const {
  std::vector<std::size_t> all = {inputs};
  all.insert(all.end(), hidden.begin(), hidden.end());
  all.push_back(kOutputs);
  return all;
}

const std::vector<NetworkShapeRow>& networks() {
  using Widths = std::vector<std::size_t>;
  static const std::vector<NetworkShapeRow> rows = {
      {"784-1000-1000-10", 784, Widths(2, 1000), "relu", 128},
      {"784-100-100-100-10", 784, Widths(3, 100), "sigmoid", 60},
      {"64-32-10", 64, Widths(1, 32), "relu", 32},
  };
  return rows;
}

std::shared_ptr<const Dataset> random_images(std::size_t rows, std::size_t pixels) {
  Dataset data = labelled(rows, pixels);
  RandomStream stream = random_stream(2);
  data.features.pixels.resize(rows * pixels);
  for (std::uint8_t& pixel : data.features.pixels)
    pixel = static_cast<std::uint8_t>(stream.bits() >> 24);
  data.features.scale = {1.0 / 255};
  return std::make_shared<Dataset>(std::move(data));
}

std::shared_ptr<const Dataset> random_numbers(std::size_t rows, std::size_t cols) {
  Dataset data = labelled(rows, cols);
  RandomStream stream = random_stream(3);
  data.features.dense.resize(rows * cols);
  for (float& value : data.features.dense) value = static_cast<float>(stream.bits()) * 0x1p-32f;
  return std::make_shared<Dataset>(std::move(data));
}

std::shared_ptr<const Dataset> random_sparse(std::size_t rows, std::size_t cols,
                                             std::size_t every) {
  Dataset data = labelled(rows, cols);
  RandomStream stream = random_stream(4);
  SparseRows& sparse = data.features.sparse;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      if (stream.below(static_cast<std::uint32_t>(every)) > 0) continue;
      sparse.columns.push_back(static_cast<std::int32_t>(j));
      sparse.values.push_back(static_cast<float>(stream.bits()) * 0x1p-32f);
    }
    sparse.row_start.push_back(static_cast<std::int64_t>(sparse.columns.size()));
  }
  return std::make_shared<Dataset>(std::move(data));
}

std::shared_ptr<const NetworkProblem> make_network(const NetworkShapeRow& row,
                                                   BatchNormPlacement batch_norm) {
  constexpr std::size_t kExamples = 4096;
  NetworkProblem::Options options;
  std::string layers;
  for (const std::size_t width : row.hidden)
    layers += fmt::format("dense({}) norm {} ", width, row.activation);
  options.layers = parse_layers(layers + "dense");
  options.batch_norm = batch_norm;
  return std::make_shared<NetworkProblem>(random_images(kExamples, row.inputs), options);
}

void fill_random(std::span<Real> values, std::uint64_t index) {
  RandomStream stream = random_stream(100 + index);
  for (Real& value : values) value = static_cast<Real>(stream.bits()) * Real(0x1p-32) - Real(0.5);
}

}  // namespace ravine::kernels
