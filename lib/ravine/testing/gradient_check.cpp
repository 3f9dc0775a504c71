#include "ravine/testing/gradient_check.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/core/error.hpp"
#include "ravine/core/random.hpp"

namespace ravine {

GradientCheck check_gradient(Objective& objective, std::span<const Real> theta,
                             const GradientCheckOptions& options) {
  AlignedVector<Real> point(theta.begin(), theta.end()), gradient(theta.size());
  objective.evaluate(point, gradient);
  double largest = 0;
  for (const Real g : gradient) {
    if (!std::isfinite(g)) fail("the gradient holds {}: start at a point where it is finite", g);
    largest = std::max(largest, std::abs(static_cast<double>(g)));
  }
  if (largest == 0) fail("the gradient is zero: start at a point where it is not");

  RandomStream stream(options.seed, Purpose::kTest);
  const std::size_t checks = options.samples == 0 ? theta.size() : options.samples;
  GradientCheck worst;
  for (std::size_t check = 0; check < checks; ++check) {
    const std::size_t i =
        options.samples == 0 ? check : stream.below(static_cast<std::uint32_t>(theta.size()));
    const double h = options.step * std::max(1.0, std::abs(static_cast<double>(theta[i])));
    const auto loss_at = [&](double offset) {
      point[i] = static_cast<Real>(theta[i] + offset);
      return objective.evaluate(point, {});
    };
    const double above = loss_at(h), above_at = point[i];
    const double below = loss_at(-h), below_at = point[i];
    point[i] = theta[i];
    const double numeric = (above - below) / (above_at - below_at), analytic = gradient[i];
    const double size =
        std::max({std::abs(analytic), std::abs(numeric), options.smallest_share * largest});
    const double error = std::abs(analytic - numeric) / size;
    if (error > worst.max_relative_error) worst = {error, i, analytic, numeric};
  }
  return worst;
}

double check_hessian_vector(Objective& objective, std::span<const Real> theta,
                            std::span<const Real> v, double step) {
  AlignedVector<Real> point(theta.size()), above(theta.size()), below(theta.size());
  double norm = 0;
  for (const Real x : v) norm += static_cast<double>(x) * static_cast<double>(x);
  const double h = step / std::sqrt(norm);
  const auto gradient_at = [&](double offset, std::span<Real> gradient) {
    for (std::size_t i = 0; i < theta.size(); ++i)
      point[i] = static_cast<Real>(theta[i] + offset * static_cast<double>(v[i]));
    objective.evaluate(point, gradient);
  };
  gradient_at(h, above);
  gradient_at(-h, below);
  AlignedVector<Real> product(theta.size());
  objective.hessian_vector(theta, v, product);
  double error = 0, size = 0;
  for (std::size_t i = 0; i < theta.size(); ++i) {
    const double numeric =
        (static_cast<double>(above[i]) - static_cast<double>(below[i])) / (2 * h);
    const double difference = static_cast<double>(product[i]) - numeric;
    error += difference * difference;
    size += numeric * numeric;
  }
  if (!(size > 0) || !std::isfinite(size))
    fail("the gradient changes by {} along v: take a direction in which it is finite and changes",
         std::sqrt(size));
  return std::sqrt(error / size);
}

}  // namespace ravine
