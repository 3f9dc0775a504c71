#pragma once

#include "ravine/linalg/matrix.hpp"
#include "ravine/nn/layer.hpp"

namespace ravine {

/// The positions of sequences as rows of their own: (batch, positions * n) as (batch * positions,
/// n). An empty view stays empty.
template <class T>
MatrixView<T> by_position(MatrixView<T> x, std::size_t positions) {
  return {x.data, x.rows * positions, x.cols / positions};
}
inline LayerState by_position(const LayerState& state, std::size_t positions) {
  LayerState folded = state;
  folded.x.dense = by_position(state.x.dense, positions);
  folded.y = by_position(state.y, positions);
  return folded;
}

/// The positions of a sequence and the features of each; anything else is one position.
inline std::size_t positions_of(const Shape& shape) { return shape.rank() == 2 ? shape[0] : 1; }
inline std::size_t features_of(const Shape& shape) { return shape.size() / positions_of(shape); }

}  // namespace ravine
