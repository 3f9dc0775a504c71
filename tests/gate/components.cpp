#include "gate/components.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ravine/nn/layers/batch_norm.hpp"

namespace ravine::defects {

double LostSigma::do_evaluate(std::span<const Real> theta, std::span<Real> gradient) {
  const double loss = Through::do_evaluate(theta, gradient);
  if (gradient.empty()) return loss;
  const auto& blocks = problem_.layout().blocks();
  const auto weight = std::find_if(blocks.begin(), blocks.end(), [](const Block& block) {
    return block.kind == BlockKind::kWeight;
  });
  const std::span<Real> below = weight->of(gradient);
  const std::span<const Real> variance = buffers().last(weight->cols);
  for (std::size_t i = 0; i < below.size(); ++i)
    below[i] *= std::sqrt(Real(BatchNorm::kDelta) + variance[i % weight->cols]);
  return loss;
}

void Unshuffled::select(std::int64_t step, std::span<const std::int32_t> examples) {
  std::vector<std::int32_t> in_order(examples.size());
  const std::size_t first = static_cast<std::size_t>(step - 1) * examples.size();
  for (std::size_t i = 0; i < examples.size(); ++i)
    in_order[i] = order_[(first + i) % order_.size()];
  Through::select(step, in_order);
}

}  // namespace ravine::defects
