#include "ravine/optim/second_order/hessian_free.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {
namespace {

constexpr double kDrop = 2.0 / 3, kBoost = 3.0 / 2;  // of lambda
constexpr double kArmijo = 1e-2, kBacktrack = 0.8;
constexpr int kMostBacktracks = 60;
constexpr std::int64_t kMostRejected = 40;  // lambda grows by 10^7 over them

}  // namespace

void HessianFree::reset(const ParameterLayout& layout, std::span<const Real>, Threads threads) {
  threads_ = threads;
  for (auto* vector :
       {&gradient_, &minus_gradient_, &direction_, &start_, &inverse_, &point_, &product_})
    vector->assign(layout.size(), Real{0});
  cg_.reset(layout.size(), options_.iterations, options_.cg_tolerance, threads);
  lambda_ = options_.damping;
  rejected_ = 0;
  ending_.reset();
}

// Of its seven vectors, the gradient and the point are every optimizer's and the start is state.
double HessianFree::extra_bytes(const ParameterLayout& layout) const {
  return 4.0 * static_cast<double>(layout.size()) * sizeof(Real) +
         LinearCg::bytes(layout.size(), options_.iterations);
}

void HessianFree::visit_state(StateVisitor& visitor) {
  visitor.reals("start", start_);
  visitor.doubles("lambda", {&lambda_, 1});
  visitor.integer("rejected", rejected_);
}

void HessianFree::visit_records(RecordVisitor& visitor) const {
  visitor.number("lambda", "1", lambda_);
  visitor.number("step_length", "1", step_length_);
  visitor.number("cg_iterations", "iterations", cg_iterations_);
}

double HessianFree::do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) {
  step_length_ = cg_iterations_ = 0;
  if (!look(objective, theta)) return loss_;
  const auto inverse = inverse_preconditioner(objective, theta);
  scale(threads_, options_.decay, start_);
  combine(threads_, -1, gradient_, 0, gradient_, minus_gradient_);
  const auto damped = [&](std::span<const Real> v, std::span<Real> av) {
    objective.gauss_newton_vector(theta, v, av);
    add_scaled(threads_, av, lambda_, v, av);
  };
  cg_iterations_ = static_cast<double>(cg_.solve(damped, minus_gradient_, start_, inverse));
  std::ranges::copy(cg_.iterates().back(), start_.begin());
  const double new_loss = pick_iterate(objective, theta);
  adapt_damping(objective, theta, new_loss);
  move(info.learning_rate, objective, theta, new_loss);
  return loss_;
}

bool HessianFree::look(Objective& objective, std::span<const Real> theta) {
  ending_.reset();
  loss_ = objective.evaluate(theta, gradient_);
  const double largest = largest_magnitude(gradient_);
  if (!std::isfinite(loss_) || !std::isfinite(largest))
    ending_ = {Ending::Kind::kDiverged, fmt::format("the loss is {} and the largest derivative {}",
                                                    format_number(loss_), format_number(largest))};
  else if (largest <= options_.tolerance)
    ending_ = {Ending::Kind::kConverged,
               fmt::format("the largest derivative is {}, at most {}", format_number(largest),
                           format_number(options_.tolerance))};
  return !ending_;
}

std::span<const Real> HessianFree::inverse_preconditioner(Objective& objective,
                                                          std::span<const Real> theta) {
  if (options_.preconditioner == "none" || !objective.mean_squared_gradient(theta, inverse_))
    return {};
  for (Real& x : inverse_) {
    const double root = std::sqrt(static_cast<double>(x) + lambda_ + options_.weight_cost);
    x = static_cast<Real>(1 / (root * std::sqrt(root)));
  }
  return inverse_;
}

double HessianFree::loss_at(Objective& objective, std::span<const Real> theta, double rate) {
  add_scaled(threads_, theta, rate, direction_, point_);
  return objective.evaluate(point_, {});
}

// direction_ <- the last kept iterate before which none is better; returns the loss there.
double HessianFree::pick_iterate(Objective& objective, std::span<const Real> theta) {
  const auto iterates = cg_.iterates();
  std::size_t best = iterates.size() - 1;
  std::ranges::copy(iterates[best], direction_.begin());
  double lowest = loss_at(objective, theta, 1);
  while (best > 0) {
    std::ranges::copy(iterates[best - 1], direction_.begin());
    const double earlier = loss_at(objective, theta, 1);
    if (lowest <= earlier) break;
    lowest = earlier;
    --best;
  }
  std::ranges::copy(iterates[best], direction_.begin());
  return lowest;
}

void HessianFree::adapt_damping(Objective& objective, std::span<const Real> theta,
                                double new_loss) {
  objective.gauss_newton_vector(theta, direction_, product_);
  const double model =
      dot(threads_, gradient_, direction_) + 0.5 * dot(threads_, direction_, product_);
  const double rho =
      new_loss > loss_ ? -std::numeric_limits<double>::infinity() : (new_loss - loss_) / model;
  if (!(rho >= 0.25))  // NaN too
    lambda_ *= kBoost;
  else if (rho > 0.75)
    lambda_ *= kDrop;
}

void HessianFree::move(double rate, Objective& objective, std::span<Real> theta, double new_loss) {
  const double slope = dot(threads_, gradient_, direction_);
  if (rate != 1) new_loss = loss_at(objective, theta, rate);
  for (int cuts = 0; cuts < kMostBacktracks; ++cuts) {
    if (new_loss <= loss_ + kArmijo * rate * slope && new_loss < loss_) {
      add_scaled(threads_, theta, rate, direction_, theta);
      rejected_ = 0;
      step_length_ = rate;
      return;
    }
    rate *= kBacktrack;
    new_loss = loss_at(objective, theta, rate);
  }
  ++rejected_;
  if (-slope <= kRounding * std::abs(loss_))
    ending_ = {Ending::Kind::kConverged, fmt::format("the loss {} cannot be lowered within its "
                                                     "rounding",
                                                     format_number(loss_))};
  else if (rejected_ >= kMostRejected)
    ending_ = {
        Ending::Kind::kStuck,
        fmt::format("{} steps in a row found no loss below {}, with damping up to {}: is the "
                    "gradient that of the loss?",
                    rejected_, format_number(loss_), format_number(lambda_))};
}

}  // namespace ravine
