#include "ravine/optim/second_order/lbfgs.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/core/text.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {
Lbfgs::Lbfgs(const LbfgsOptions& options)
    : LineSearchMethod(options, options.tolerance), options_(options) {
  options.check(options.kName);
}

void Lbfgs::reset_memory(const ParameterLayout& layout) {
  pairs_.resize(static_cast<std::size_t>(options_.history));
  // One block: twenty allocations would be an eighth of a search over two variables.
  const std::size_t size = layout.size();
  const std::size_t stride = (size + kRealsPerLine - 1) / kRealsPerLine * kRealsPerLine;
  vectors_.assign(2 * pairs_.size() * stride, Real{0});
  std::span<Real> rest = vectors_;
  for (Pair& pair : pairs_) {
    pair = {rest.first(size), rest.subspan(stride, size), 0};
    rest = rest.subspan(2 * stride);
  }
  alpha_.assign(pairs_.size(), 0);
  newest_ = 0;
  gamma_ = 1;
  forget();
}

void Lbfgs::visit_memory(StateVisitor& visitor) {
  for (Pair& pair : pairs_) {
    visitor.reals("s", pair.s);
    visitor.reals("y", pair.y);
    visitor.doubles("rho", {&pair.rho, 1});
  }
  visitor.doubles("gamma", {&gamma_, 1});
  visitor.integer("pairs", pairs_known_);
  visitor.integer("newest", newest_);
  check_state("pairs", pairs_known_, options_.history);
  check_state("newest", newest_, options_.history - 1);
}

std::optional<Ending> Lbfgs::choose(const Place& place, std::span<Real> d) {
  const std::span<const Real> g = place.gradient;
  combine(threads(), -1, g, 0, g, d);
  if (pairs_known_ == 0) return std::nullopt;
  // Each update of d is followed by its product with the next vector, so one pass does both.
  const std::int64_t oldest = pairs_known_ - 1;
  double along = dot(threads(), pair(0).s, d);
  for (std::int64_t age = 0; age <= oldest; ++age) {
    const Pair& p = pair(age);
    const double alpha = alpha_[static_cast<std::size_t>(age)] = p.rho * along;
    along = add_scaled_dot(threads(), d, -alpha, p.y, age < oldest ? pair(age + 1).s : p.y);
  }
  if (options_.initial == "scaled") {
    scale(threads(), gamma_, d);
    along *= gamma_;
  }
  for (std::int64_t age = oldest; age >= 0; --age) {
    const Pair& p = pair(age);
    const double beta = p.rho * along;
    along = add_scaled_dot(threads(), d, alpha_[static_cast<std::size_t>(age)] - beta, p.s,
                           age > 0 ? pair(age - 1).y : g);
  }
  return std::nullopt;
}

// Before the first pair the direction is -g, of no natural length; with a scaled matrix it fits
// from then on.
Lbfgs::FirstTrial Lbfgs::first_trial() const {
  if (pairs_known_ == 0) return FirstTrial::kSameGain;
  return options_.initial == "scaled" ? FirstTrial::kUnit : FirstTrial::kSameDecrease;
}

void Lbfgs::learn(const Move& move) {
  const std::int64_t next = pairs_known_ == 0 ? 0 : (newest_ + 1) % options_.history;
  Pair& p = pairs_[static_cast<std::size_t>(next)];
  // The slot may hold the oldest pair: it goes only if the new one is worth keeping.
  const double curvature = move.step * (move.new_slope - move.slope);
  const double y_square = squared_distance(threads(), move.new_gradient, move.gradient);
  const double s_norm = move.step * std::sqrt(squared_norm(threads(), move.direction));
  if (!(curvature > kLeastCosine * s_norm * std::sqrt(y_square))) return;
  combine(threads(), move.step, move.direction, 0, move.direction, p.s);
  combine(threads(), 1, move.new_gradient, -1, move.gradient, p.y);
  p.rho = 1 / curvature;
  gamma_ = curvature / y_square;
  newest_ = next;
  pairs_known_ = std::min(pairs_known_ + 1, options_.history);
}

}  // namespace ravine
