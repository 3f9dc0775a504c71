#include "ravine/nn/layers/image_scaling.hpp"

#include <algorithm>
#include <cmath>

namespace ravine {

void ImageScaling::forward(const Pass& pass, std::span<const Real>, const LayerState& state) const {
  constexpr std::size_t kImages = 8;
  const MatrixView<const Real> x = state.x.dense;
  const double n = static_cast<double>(x.cols);
  parallel_chunks(pass.threads, x.rows, kImages, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      double sum = 0, squares = 0;
      for (const Real value : x.row(i)) sum += value;
      const double mean = sum / n;
      for (const Real value : x.row(i)) squares += (value - mean) * (value - mean);
      const double scale = 1 / std::max(std::sqrt(squares / n), 1 / std::sqrt(n));
      std::ranges::transform(x.row(i), state.y.row(i).begin(),
                             [&](Real value) { return static_cast<Real>((value - mean) * scale); });
    }
  });
}

}  // namespace ravine
