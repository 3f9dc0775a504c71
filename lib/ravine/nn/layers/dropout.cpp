#include "ravine/nn/layers/dropout.hpp"

#include <algorithm>
#include <cassert>

#include "ravine/core/component.hpp"
#include "ravine/core/random.hpp"
#include "ravine/linalg/panels.hpp"

namespace ravine {

Dropout::Dropout(std::size_t index, const Shape& shape, double p)
    : Layer(shape, shape), index_(index), p_(p) {
  check_range("dropout", p, "[0, 1)");
}

void Dropout::forward(const Pass& pass, std::span<const Real>, const LayerState& state) const {
  if (pass.training)
    apply_mask(pass, state.x.dense.elements(), state.y.elements());
  else
    std::ranges::copy(state.x.dense.elements(), state.y.data);
}

void Dropout::backward(const Pass& pass, std::span<const Real>, const LayerState&,
                       MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real>) const {
  assert(pass.training);
  if (!dx.empty()) apply_mask(pass, dy.elements(), dx.elements());
}

// The mask does not depend on theta: tangents pass it as values do.
void Dropout::tangent_forward(const Pass& pass, std::span<const Real>, std::span<const Real>,
                              const LayerState&, const LayerState& tangent) const {
  apply_mask(pass, tangent.x.dense.elements(), tangent.y.elements());
}

void Dropout::tangent_backward(const Pass& pass, std::span<const Real>, std::span<const Real>,
                               const LayerState&, const LayerState&, Dual dy, Dual dx,
                               std::span<Real>) const {
  assert(pass.training && !dx.value.empty());
  apply_mask(pass, dy.value.elements(), dx.value.elements());
  apply_mask(pass, dy.tangent.elements(), dx.tangent.elements());
}

void Dropout::apply_mask(const Pass& pass, std::span<const Real> in, std::span<Real> out) const {
  constexpr std::uint64_t kLayersPerStep = 1 << 12;
  const std::uint64_t stream_index =
      static_cast<std::uint64_t>(pass.step) * kLayersPerStep + index_;
  const auto threshold = static_cast<std::uint32_t>(p_ * 0x1p32);
  const Real scale = static_cast<Real>(1 / (1 - p_));
  for_elements(pass.threads, in.size(), [&](std::size_t begin, std::size_t end) {
    RandomStream stream(pass.seed, Purpose::kDropout, stream_index);
    stream.set_position(begin);
    for (std::size_t i = begin; i < end; ++i)
      out[i] = stream.bits() < threshold ? Real(0) : in[i] * scale;
  });
}

}  // namespace ravine
