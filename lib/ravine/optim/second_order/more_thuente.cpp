#include "ravine/optim/second_order/more_thuente.hpp"

#include <algorithm>
#include <cmath>

namespace ravine {
namespace {

constexpr double kLargestStep = 1e20;
constexpr double kRoundingWidth = 1e-15;  // relative width below which a bracket says no more
constexpr double kExtrapolateLeast = 1.1, kExtrapolateMost = 4;  // More and Thuente, (4.2)
constexpr double kShrink = 0.66;  // asked of a bracket in two trials, section 4

// The minimizer of the cubic through the values and slopes of a and b lies at
// a + p / q (b - a); q and p are built around its discriminant gamma, real by force: rounding, or a
// cubic without minimizer, may have it negative.
double cubic_share(const RayPoint& a, const RayPoint& b, bool& exists) {
  const double theta = 3 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope;
  const double scale = std::max({std::abs(theta), std::abs(a.slope), std::abs(b.slope)});
  const double t = theta / scale;
  double gamma = scale * std::sqrt(std::max(0.0, t * t - (a.slope / scale) * (b.slope / scale)));
  exists = gamma != 0;
  if (b.step < a.step) gamma = -gamma;
  const double p = (gamma - a.slope) + theta;
  const double q = ((gamma - a.slope) + gamma) + b.slope;
  return p / q;
}

double cubic(const RayPoint& a, const RayPoint& b) {
  bool exists;
  return a.step + cubic_share(a, b, exists) * (b.step - a.step);
}

// Through both values and the slope of a.
double quadratic(const RayPoint& a, const RayPoint& b) {
  const double chord = (a.value - b.value) / (b.step - a.step);
  return a.step + a.slope / (chord + a.slope) / 2 * (b.step - a.step);
}

// Through both slopes.
double secant(const RayPoint& a, const RayPoint& b) {
  return b.step + b.slope / (b.slope - a.slope) * (a.step - b.step);
}

double nearer(double a, double b, double to) { return std::abs(a - to) < std::abs(b - to) ? a : b; }
double farther(double a, double b, double to) {
  return std::abs(a - to) > std::abs(b - to) ? a : b;
}

}  // namespace

MoreThuente::MoreThuente(const RayPoint& origin, double first, const WolfeConstants& constants)
    : origin_(origin),
      constants_(constants),
      decrease_(constants.c1 * origin.slope),
      best_(origin),
      other_(origin),
      step_(first),
      high_(first + kExtrapolateMost * first),
      ceiling_(kLargestStep),
      width_(kLargestStep),
      last_width_(2 * kLargestStep) {}

bool MoreThuente::accept(double value, double slope) {
  if (!std::isfinite(value) || !std::isfinite(slope)) {
    retreat();
    return false;
  }
  const RayPoint trial{step_, value, slope};
  const double line = origin_.value + step_ * decrease_;
  if (value <= line && std::abs(slope) <= -constants_.c2 * origin_.slope) return true;
  if (step_ >= ceiling_ && value <= line && slope <= decrease_) exhausted_ = true;
  if (auxiliary_ && value <= line && slope >= 0) auxiliary_ = false;
  narrow(trial);
  return false;
}

// The loss is not finite at step_: look half as far from the best step so far.
void MoreThuente::retreat() {
  ceiling_ = best_.step + 0.5 * (step_ - best_.step);
  if (!(std::abs(ceiling_ - best_.step) > kRoundingWidth * std::abs(step_))) exhausted_ = true;
  step_ = high_ = ceiling_;
  low_ = std::min(low_, best_.step);
}

void MoreThuente::narrow(const RayPoint& trial) {
  const double line = origin_.value + trial.step * decrease_;
  if (auxiliary_ && trial.value <= best_.value && trial.value > line) {
    // The auxiliary function psi has the line of sufficient decrease taken away.
    const auto tilt = [this](RayPoint& point, double sign) {
      point.value -= sign * point.step * decrease_;
      point.slope -= sign * decrease_;
    };
    RayPoint tilted = trial;
    tilt(tilted, 1), tilt(best_, 1), tilt(other_, 1);
    update_bracket(tilted);
    tilt(best_, -1), tilt(other_, -1);
  } else {
    update_bracket(trial);
  }

  if (bracketed_) {
    const double width = std::abs(other_.step - best_.step);
    if (width >= kShrink * last_width_) step_ = best_.step + 0.5 * (other_.step - best_.step);
    last_width_ = width_;
    width_ = width;
    low_ = std::min(best_.step, other_.step);
    high_ = std::max(best_.step, other_.step);
  } else {
    low_ = step_ + kExtrapolateLeast * (step_ - best_.step);
    high_ = step_ + kExtrapolateMost * (step_ - best_.step);
  }
  step_ = std::clamp(step_, 0.0, ceiling_);
  if (bracketed_ && (step_ <= low_ || step_ >= high_ || high_ - low_ <= kRoundingWidth * high_)) {
    exhausted_ = true;
    step_ = best_.step;
  }
}

// The four cases of section 4: where the next trial lies, and which end of the bracket moves.
void MoreThuente::update_bracket(const RayPoint& trial) {
  const bool higher = trial.value > best_.value;
  const bool turns = trial.slope * best_.slope < 0;
  if (higher)
    step_ = between(trial);
  else if (turns)
    step_ = farther(cubic(trial, best_), secant(best_, trial), trial.step);
  else if (std::abs(trial.slope) < std::abs(best_.slope))
    step_ = flattening(trial);
  else if (bracketed_)
    step_ = cubic(trial, other_);
  else
    step_ = trial.step > best_.step ? high_ : low_;
  if (!std::isfinite(step_)) step_ = 0.5 * (trial.step + (bracketed_ ? other_ : best_).step);

  bracketed_ |= higher || turns;
  if (higher) {
    other_ = trial;
  } else {
    if (turns) other_ = best_;
    best_ = trial;
  }
}

// Case 1, a higher value: the cubic step if it is the shorter, else the mean of both.
double MoreThuente::between(const RayPoint& trial) const {
  const double by_cubic = cubic(best_, trial), by_values = quadratic(best_, trial);
  const bool shorter = std::abs(by_cubic - best_.step) < std::abs(by_values - best_.step);
  return shorter ? by_cubic : by_cubic + (by_values - by_cubic) / 2;
}

// Case 3, lower with a flatter slope of the same sign: cautious inside a bracket, bold outside.
double MoreThuente::flattening(const RayPoint& trial) const {
  const bool outward = trial.step > best_.step;
  bool exists;
  const double share = cubic_share(trial, best_, exists);
  const double by_cubic = share < 0 && exists ? trial.step + share * (best_.step - trial.step)
                          : outward           ? high_
                                              : low_;
  const double by_slopes = secant(best_, trial);
  if (!bracketed_) return std::clamp(farther(by_cubic, by_slopes, trial.step), low_, high_);
  const double next = nearer(by_cubic, by_slopes, trial.step);
  const double limit = trial.step + kShrink * (other_.step - trial.step);  // short of the other end
  return outward ? std::min(limit, next) : std::max(limit, next);
}

}  // namespace ravine
