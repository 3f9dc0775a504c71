#pragma once

#include "ravine/export.hpp"

namespace ravine {

/// The loss along a ray: phi(step) = L(theta + step d), and its slope phi'(step) = g'd.
struct RayPoint {
  double step = 0, value = 0, slope = 0;
};

/// The constants of the strong Wolfe conditions.
struct WolfeConstants {
  double c1 = 1e-4;  // sufficient decrease: phi(a) <= phi(0) + c1 a phi'(0)
  double c2 = 0.9;   // curvature: |phi'(a)| <= c2 |phi'(0)|
};

/// Proposes steps along a ray until one satisfies the strong Wolfe conditions
///
///   phi(a) <= phi(0) + c1 a phi'(0)   and   |phi'(a)| <= c2 |phi'(0)|.
///
/// Safeguarded cubic and quadratic interpolation on a bracket that shrinks by a third at least
/// every second trial: More and Thuente (1994), Algorithm 2.1 with the trial values of section 4.
/// **Deviates:** a trial whose loss or slope is not finite bounds the steps from above at half of
/// the way to it (the paper assumes a finite function).
class RAVINE_EXPORT MoreThuente {
 public:
  /// `origin` has step 0 and slope < 0; `first` > 0 is the first trial.
  MoreThuente(const RayPoint& origin, double first, const WolfeConstants& constants);

  /// The step that wants to be tried next.
  double step() const { return step_; }
  /// Tells phi and phi' at step(). Returns true if it satisfies the conditions; otherwise step() is
  /// the next trial.
  bool accept(double value, double slope);
  /// The bracket has shrunk to rounding: no further trial will help.
  bool exhausted() const { return exhausted_; }

 private:
  void retreat();
  void narrow(const RayPoint& trial);
  void update_bracket(const RayPoint& trial);
  double between(const RayPoint& trial) const;
  double flattening(const RayPoint& trial) const;

  RayPoint origin_;
  WolfeConstants constants_;
  double decrease_;        // c1 phi'(0), the slope of the line of sufficient decrease
  RayPoint best_, other_;  // ends of the interval of uncertainty; best_ has the lower value
  double step_;
  double low_ = 0, high_;      // where the next trial may lie
  double ceiling_;             // no step beyond
  double width_, last_width_;  // of the bracket, one and two trials ago
  bool bracketed_ = false, exhausted_ = false;
  bool auxiliary_ = true;  // stage 1: works on phi(a) - phi(0) - c1 a phi'(0)
};

}  // namespace ravine
