#pragma once

#include "ravine/core/random.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

/// A matrix of standard normals that may start `shift` elements behind a cache line.
class RandomMatrix {
 public:
  RandomMatrix(std::size_t rows, std::size_t cols, std::uint64_t seed, std::size_t shift = 0)
      : elements_(rows * cols + shift), rows_(rows), cols_(cols), shift_(shift) {
    RandomStream stream(seed, Purpose::kTest);
    for (std::size_t i = shift; i < elements_.size(); ++i)
      elements_[i] = static_cast<Real>(stream.normal());
  }
  MatrixView<Real> view() { return {elements_.data() + shift_, rows_, cols_}; }
  std::span<const Real> elements() { return view().elements(); }

 private:
  AlignedVector<Real> elements_;
  std::size_t rows_, cols_, shift_;
};

}  // namespace ravine
