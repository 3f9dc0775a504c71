#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ravine/data/dataset.hpp"

namespace ravine::detail {

/// The examples of files before they are split: first those for training, then the test file's.
struct Examples {
  Features features;
  std::vector<std::int32_t> labels;
  std::vector<float> targets;
  std::size_t classes = 0;
  bool guessed_classes = false;     // nobody said that the whole numbers are classes
  std::size_t train_rows = 0;       // the rest is a test file
  double full_scale = 1;            // scale=unit divides by it
  std::size_t validation_tail = 0;  // validation is that many last training rows, unpermuted
  std::string digests;              // SHA-256 of the stored files, each on a line
  std::string understood;           // of an own file: rows, features, target's column, header
};

}  // namespace ravine::detail
