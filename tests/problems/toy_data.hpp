#pragma once

#include <memory>

#include "ravine/core/random.hpp"
#include "ravine/data/dataset.hpp"

namespace ravine {

/// Random dense rows with classes 0 ... 3; 1300 for training, 120 for validation, 700 for test.
inline std::shared_ptr<Dataset> toy_data(std::size_t cols = 12) {
  auto data = std::make_shared<Dataset>();
  data->name = "toy";
  data->digest = "0123";
  data->classes = 4;
  data->train = {0, 1300};
  data->validation = {1300, 1420};
  data->test = {1420, 2120};
  data->features.rows = 2120;
  data->features.cols = cols;
  RandomStream stream(1, Purpose::kTest);
  for (std::size_t i = 0; i < data->features.rows; ++i) {
    data->labels.push_back(static_cast<std::int32_t>(stream.below(4)));
    for (std::size_t j = 0; j < cols; ++j)
      data->features.dense.push_back(static_cast<float>(
          0.5 * stream.normal() + (j % 4 == static_cast<std::size_t>(data->labels[i]) ? 1 : 0)));
  }
  return data;
}

/// The same rows in compressed form, without the entries below 0.3.
inline std::shared_ptr<Dataset> sparse_toy_data() {
  auto data = toy_data();
  Features& features = data->features;
  for (std::size_t i = 0; i < features.rows; ++i) {
    for (std::size_t j = 0; j < features.cols; ++j) {
      float& value = features.dense[i * features.cols + j];
      if (value < 0.3f) continue;
      features.sparse.columns.push_back(static_cast<std::int32_t>(j));
      features.sparse.values.push_back(value);
    }
    features.sparse.row_start.push_back(static_cast<std::int64_t>(features.sparse.columns.size()));
  }
  features.dense.clear();
  return data;
}

/// The examples begin, begin + 1, ..., end - 1.
inline std::vector<std::int32_t> example_range(std::int32_t begin, std::int32_t end) {
  std::vector<std::int32_t> examples;
  for (std::int32_t i = begin; i < end; ++i) examples.push_back(i);
  return examples;
}

}  // namespace ravine
