#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ravine/data/dataset.hpp"

namespace ravine {

using Reals = std::vector<Real>;

/// Those rows, as a network gets them.
inline Reals gathered(const Features& features, const std::vector<std::int32_t>& examples) {
  Reals out(examples.size() * features.cols);
  gather(features, examples, out.data());
  return out;
}

/// Rows "i, 2 i, class": feature 0 tells which row of the file an example was.
inline std::string numbered_csv(int rows) {
  std::string text = "number,double,class\n";
  for (int i = 0; i < rows; ++i)
    text += std::to_string(i) + "," + std::to_string(2 * i) + "," + (i % 3 ? "b" : "a") + "\n";
  return text;
}

}  // namespace ravine
