#include "ravine/optim/second_order/conjugate_gradient.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/linalg/stats.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {
namespace {

// Share of |g|^2 by which a direction must descend, as in the convergence proof of Gilbert and
// Nocedal (1992), equation 5.8.
constexpr double kSufficientDescent = 0.01;

}  // namespace

ConjugateGradient::ConjugateGradient(const ConjugateGradientOptions& options)
    : LineSearchMethod(options, options.tolerance), options_(options) {
  options.check(options.kName);
}

void ConjugateGradient::reset_memory(const ParameterLayout& layout) {
  cycle_ =
      options_.restart > 0 ? options_.restart : static_cast<std::int64_t>(layout.parameter_count());
  forget();
}

void ConjugateGradient::visit_memory(StateVisitor& visitor) {
  visitor.integer("since", since_);
  visitor.doubles("beta", {&beta_, 1});
}

std::optional<Ending> ConjugateGradient::choose(const Place& place, std::span<Real> d) {
  const std::span<const Real> g = place.gradient;
  combine(threads(), -1, g, beta_, d, d);
  const bool slow =
      beta_ != 0 && dot(threads(), g, d) > -kSufficientDescent * squared_norm(threads(), g);
  if (slow) {
    forget();
    combine(threads(), -1, g, 0, g, d);
  }
  return std::nullopt;
}

void ConjugateGradient::learn(const Move& move) {
  beta_ = ++since_ == cycle_ ? 0 : next_beta(move);
  if (beta_ == 0) since_ = 0;
}

double ConjugateGradient::next_beta(const Move& move) const {
  const double new_square = squared_norm(threads(), move.new_gradient);
  const double overlap = dot(threads(), move.new_gradient, move.gradient);
  if (options_.orthogonality > 0 && std::abs(overlap) >= options_.orthogonality * new_square)
    return 0;
  if (options_.beta == "hestenes_stiefel") {
    return (new_square - overlap) / (move.new_slope - move.slope);
  }
  const double square = squared_norm(threads(), move.gradient);
  if (options_.beta == "fletcher_reeves") return new_square / square;
  return std::max(0.0, (new_square - overlap) / square);
}

void ConjugateGradient::forget() {
  beta_ = 0;
  since_ = 0;
}

}  // namespace ravine
