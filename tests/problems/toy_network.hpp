#pragma once

#include "ravine/nn/initializer.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {

inline AlignedVector<Real> start_point(const Problem& problem, const char* initializer = "he") {
  AlignedVector<Real> theta(problem.layout().size());
  problem.initialize(*initializer_catalog().make(initializer), 3, theta);
  return theta;
}

}  // namespace ravine
