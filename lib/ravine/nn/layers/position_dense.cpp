#include "ravine/nn/layers/position_dense.hpp"

#include "ravine/nn/layers/by_position.hpp"

namespace ravine {

PositionDense::PositionDense(std::size_t index, const Shape& in, std::size_t out, bool has_bias,
                             double scale, ParameterLayout& layout)
    : Layer(in, in.rank() == 2 ? Shape::sequence(in[0], out) : Shape::vector(out)),
      positions_(positions_of(in)),
      scale_(scale),
      dense_(index, Shape::vector(features_of(in)), out, has_bias, layout) {
  weight_ = layout.block("dense" + std::to_string(index) + "/weight");
}

void PositionDense::initialize(const Initializer& initializer, std::uint64_t seed,
                               std::span<Real> theta) const {
  dense_.initialize(initializer, seed, theta);
  if (scale_ == 1) return;
  for (Real& w : weight_.of(theta)) w *= static_cast<Real>(scale_);
}

void PositionDense::forward(const Pass& pass, std::span<const Real> theta,
                            const LayerState& state) const {
  dense_.forward(pass, theta, by_position(state, positions_));
}

void PositionDense::backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                             MatrixView<Real> dy, MatrixView<Real> dx,
                             std::span<Real> gradient) const {
  dense_.backward(pass, theta, by_position(state, positions_), by_position(dy, positions_),
                  by_position(dx, positions_), gradient);
}

void PositionDense::tangent_forward(const Pass& pass, std::span<const Real> theta,
                                    std::span<const Real> v, const LayerState& state,
                                    const LayerState& tangent) const {
  dense_.tangent_forward(pass, theta, v, by_position(state, positions_),
                         by_position(tangent, positions_));
}

void PositionDense::tangent_backward(const Pass& pass, std::span<const Real> theta,
                                     std::span<const Real> v, const LayerState& state,
                                     const LayerState& tangent, Dual dy, Dual dx,
                                     std::span<Real> hv) const {
  const auto folded = [&](Dual whole) {
    return Dual{by_position(whole.value, positions_), by_position(whole.tangent, positions_)};
  };
  dense_.tangent_backward(pass, theta, v, by_position(state, positions_),
                          by_position(tangent, positions_), folded(dy), folded(dx), hv);
}

}  // namespace ravine
