#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "ravine/core/text.hpp"

namespace ravine::test {

/// A trace of scripts/make_matrix_goldens.
struct MatrixGolden {
  std::string optimizer, kind, problem;
  double learning_rate = 0;
  std::map<std::int64_t, std::vector<double>> theta;  // by step, output by output
};

inline std::vector<MatrixGolden> read_matrix_goldens() {
  std::ifstream file(RAVINE_TEST_DATA "/golden/matrix.tsv");
  std::vector<MatrixGolden> goldens;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream fields(line);
    std::string first, rate;
    std::getline(fields, first, '\t');
    if (first == "case") {
      MatrixGolden& golden = goldens.emplace_back();
      std::getline(fields, golden.optimizer, '\t');
      std::getline(fields, golden.kind, '\t');
      std::getline(fields, golden.problem, '\t');
      std::getline(fields, rate, '\t');
      golden.learning_rate = parse_double(rate, "learning rate");
    } else {
      auto& theta = goldens.back().theta[parse_integer(first, "step")];
      for (std::string x; std::getline(fields, x, '\t');) theta.push_back(parse_double(x, "theta"));
    }
  }
  return goldens;
}

}  // namespace ravine::test
