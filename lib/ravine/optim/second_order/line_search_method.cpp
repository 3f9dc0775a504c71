#include "ravine/optim/second_order/line_search_method.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {
namespace {

using SearchKind = LineSearchResult::Kind;

}  // namespace

void LineSearchMethod::reset(const ParameterLayout& layout, std::span<const Real>,
                             Threads threads) {
  threads_ = threads;
  for (auto* vector : {&gradient_, &direction_, &point_, &new_gradient_})
    vector->assign(layout.size(), Real{0});
  if (!searches()) best_.assign(layout.size(), Real{0});
  best_loss_ = std::numeric_limits<double>::infinity();
  loss_ = new_loss_ = last_gain_ = last_decrease_ = 0;
  known_ = 0;
  ending_.reset();
  reset_memory(layout);
}

void LineSearchMethod::visit_records(RecordVisitor& visitor) const {
  visitor.number("step_length", "1", step_length_);
  if (searches()) visitor.number("search_trials", "evaluations", trials_);
}

void LineSearchMethod::visit_state(StateVisitor& visitor) {
  visitor.reals("gradient", new_gradient_);
  visitor.reals("direction", direction_);
  visitor.doubles("loss", {&new_loss_, 1});
  visitor.doubles("last_gain", {&last_gain_, 1});
  visitor.doubles("last_decrease", {&last_decrease_, 1});
  visitor.integer("known", known_);
  if (!searches()) {
    visitor.reals("best", best_);
    visitor.doubles("best_loss", {&best_loss_, 1});
  }
  visit_memory(visitor);
}

double LineSearchMethod::do_step(const StepInfo& info, Objective& objective,
                                 std::span<Real> theta) {
  ending_.reset();
  step_length_ = trials_ = 0;
  if (!look(objective, theta)) return loss_;
  if (!searches())
    leap(info, objective, theta);
  else if (search(info, objective, theta))
    accept(found_, slope_, theta);
  return loss_;
}

// Loss and gradient at theta. Returns false if there is nothing left to do.
bool LineSearchMethod::look(Objective& objective, std::span<Real> theta) {
  if (known_ && objective.stationary()) {
    loss_ = new_loss_;
    std::swap(gradient_, new_gradient_);
  } else {
    loss_ = objective.evaluate(theta, gradient_);
  }
  known_ = 0;
  const double largest = largest_magnitude(gradient_);
  if (!std::isfinite(loss_) || !std::isfinite(largest)) {
    end(Ending::Kind::kDiverged, fmt::format("the loss is {} and the largest derivative {}",
                                             format_number(loss_), format_number(largest)));
    if (std::isfinite(best_loss_)) std::ranges::copy(best_, theta.begin());
  } else if (largest <= tolerance_) {
    ending_ = judge({objective, theta, gradient_});
    if (!ending_)
      end(Ending::Kind::kConverged, fmt::format("the largest derivative is {}, at most {}",
                                                format_number(largest), format_number(tolerance_)));
  }
  if (!searches() && loss_ < best_loss_) {
    std::ranges::copy(theta, best_.begin());
    best_loss_ = loss_;
  }
  return !ending_;
}

// Along the method's direction, then along -g. Returns true if found_ is a lower point.
bool LineSearchMethod::search(const StepInfo& info, Objective& objective,
                              std::span<const Real> theta) {
  const Ray ray{objective, theta, direction_, point_, new_gradient_, threads_};
  bool curved_down = false;
  for (int attempt = 0; attempt < 2; ++attempt, forget()) {
    ending_ = choose({objective, theta, gradient_}, direction_);
    if (ending_) return false;
    slope_ = dot(threads_, gradient_, direction_);
    if (!(slope_ < 0)) continue;
    const double first = info.learning_rate * first_step(slope_);
    const LineSearchResult result = search_line(ray, {0, loss_, slope_}, first, search_);
    found_ = result.at;
    trials_ += static_cast<double>(result.evaluations);
    if (result.kind == SearchKind::kFound || result.kind == SearchKind::kDecrease) return true;
    curved_down = result.kind == SearchKind::kNegativeCurvature;
    const bool rounding =
        -first * slope_ <= kRounding * std::abs(loss_) ||
        first * largest_magnitude(direction_) <= kRounding * largest_magnitude(theta);
    if (!curved_down && rounding) {
      end(Ending::Kind::kConverged,
          fmt::format("the loss {} cannot be lowered within its rounding", format_number(loss_)));
      return false;
    }
  }
  end(Ending::Kind::kStuck,
      curved_down
          ? std::string("the Hessian is indefinite: the curvature along the negative gradient is "
                        "not positive, so the exact step does not exist; use line_search=wolfe")
          : fmt::format("the line search found no loss below {} in at most {} trials, not even "
                        "along the negative gradient: is the gradient that of the loss?",
                        format_number(loss_), search_.trials));
  return false;
}

// theta + learning_rate d, unseen: the next step looks at it.
void LineSearchMethod::leap(const StepInfo& info, Objective& objective, std::span<Real> theta) {
  ending_ = choose({objective, theta, gradient_}, direction_);
  if (ending_) return;
  add_scaled(threads_, theta, info.learning_rate, direction_, theta);
  step_length_ = info.learning_rate;
}

double LineSearchMethod::first_step(double slope) const {
  if (first_trial() == FirstTrial::kUnit) return 1;
  if (first_trial() == FirstTrial::kSameDecrease && last_decrease_ > 0)
    return std::min(1.0, 1.01 * 2 * last_decrease_ / -slope);
  if (first_trial() == FirstTrial::kSameGain && last_gain_ < 0) return last_gain_ / slope;
  return 1 / std::sqrt(squared_norm(threads_, direction_));
}

void LineSearchMethod::accept(const RayPoint& at, double slope, std::span<Real> theta) {
  learn({at.step, slope, at.slope, direction_, gradient_, new_gradient_});
  std::ranges::copy(point_, theta.begin());
  new_loss_ = at.value;
  step_length_ = at.step;
  last_gain_ = at.step * slope;
  last_decrease_ = loss_ - at.value;
  known_ = 1;
}

}  // namespace ravine
