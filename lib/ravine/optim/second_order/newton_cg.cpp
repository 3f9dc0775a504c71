#include "ravine/optim/second_order/newton_cg.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ravine/linalg/stats.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {

void NewtonCg::reset_memory(const ParameterLayout& layout) {
  // In exact arithmetic as many as there are parameters; rounding asks for more.
  most_ = options_.iterations > 0 ? options_.iterations
                                  : 20 * static_cast<std::int64_t>(layout.parameter_count());
  for (auto* vector : {&residual_, &p_, &product_}) vector->assign(layout.size(), Real{0});
  steepest_ = false;
}

double NewtonCg::extra_bytes(const ParameterLayout& layout) const {
  return 3.0 * static_cast<double>(layout.size()) * sizeof(Real);
}

std::optional<Ending> NewtonCg::choose(const Place& place, std::span<Real> d) {
  const std::span<const Real> g = place.gradient;
  combine(threads(), -1, g, 0, g, p_);
  iterations_ = 0;
  if (std::exchange(steepest_, false)) {
    std::ranges::copy(p_, d.begin());
    return std::nullopt;
  }
  std::ranges::fill(d, Real{0});
  std::ranges::copy(g, residual_.begin());  // r = H d + g
  double square = squared_norm(threads(), g);
  const double norm = std::sqrt(square), enough = std::min(0.5, std::sqrt(norm)) * norm;
  for (std::int64_t i = 0; i < most_ && std::sqrt(square) > enough; ++i) {
    place.objective.hessian_vector(place.theta, p_, product_);
    ++iterations_;
    const double curvature = dot(threads(), p_, product_);
    if (!(curvature > 0)) {
      if (i == 0) std::ranges::copy(p_, d.begin());
      break;
    }
    const double alpha = square / curvature;
    add_scaled(threads(), d, alpha, p_, d);
    add_scaled(threads(), residual_, alpha, product_, residual_);
    const double last = std::exchange(square, squared_norm(threads(), residual_));
    combine(threads(), -1, residual_, square / last, p_, p_);
  }
  return std::nullopt;
}

}  // namespace ravine
