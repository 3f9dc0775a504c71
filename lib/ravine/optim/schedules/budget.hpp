#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "ravine/core/error.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/core/share.hpp"

namespace ravine {

// Schedules that are relative to the budget T of the trial: the same text fits short and long
// trials. k = t - 1 counts the updates already made, so the final value is that of step T + 1.

inline void check_budget(std::int64_t total_steps) {
  if (total_steps <= 0)
    fail("the number of steps is {}: a schedule relative to the budget needs at least 1",
         total_steps);
}

/// k / (span T), the share of `span` budgets that is over; 1 exactly where k = span T. Throws Error
/// without a budget.
inline double elapsed(std::int64_t k, std::int64_t total_steps, double span) {
  check_budget(total_steps);
  const double share = static_cast<double>(k) / (span * static_cast<double>(total_steps));
  return Share(span).passed(k, total_steps) > 0 ? std::max(1.0, share) : std::min(1.0, share);
}

/// floor(k / (span T)), exactly. Throws Error without a budget.
inline std::int64_t spans_over(std::int64_t k, std::int64_t total_steps, double span) {
  check_budget(total_steps);
  return Share(span).passed(k, total_steps);
}

/// Linear decay, constant after the share `tau` of the budget.
///
///   (1 - a) initial + a final,  a = min(1, k / (tau T))
///
/// Lecture L5, with eps_tau = 1 % of eps_0; Goodfellow et al. (2016), equation 8.14.
struct LinearSchedule {
  static constexpr std::string_view kName = "linear";
  static constexpr int kVersion = 2;  // the step at which it becomes constant is exact
  double final = 0.01;
  double tau = 1;
  double initial = 1;

  template <class F>
  void fields(F&& field) {
    field("final", final, "[0, inf)", "value from tau on");
    field("tau", tau, "(0, 1]", "fraction of the budget after which it stays constant");
    field("initial", initial, "[0, inf)", "value of the first step");
  }
  double value(std::int64_t k, std::int64_t total_steps) const {
    const double a = std::min(1.0, elapsed(k, total_steps, tau));
    return (1 - a) * initial + a * final;
  }
};

/// Cosine decay over the whole budget.
///
///   final + (initial - final) (1 + cos(pi k / T)) / 2
///
/// Loshchilov and Hutter (2017), equation 5, without restarts.
struct CosineSchedule {
  static constexpr std::string_view kName = "cosine";
  double final = 0;
  double initial = 1;

  template <class F>
  void fields(F&& field) {
    field("final", final, "[0, inf)", "value at the end");
    field("initial", initial, "[0, inf)", "value of the first step");
  }
  double value(std::int64_t k, std::int64_t total_steps) const {
    const double a = std::min(1.0, elapsed(k, total_steps, 1));
    return final + (initial - final) * (1 + portable_cos_pi(a)) / 2;
  }
};

/// Exponential decay: the same factor at every step.
///
///   initial (final / initial)^(k / T)
///
/// Senior et al. (2013), "exponential scheduling", with its constant expressed by the end value.
struct ExponentialSchedule {
  static constexpr std::string_view kName = "exponential";
  double final = 0.01;
  double initial = 1;

  template <class F>
  void fields(F&& field) {
    field("final", final, "(0, inf)", "value at the end");
    field("initial", initial, "(0, inf)", "value of the first step");
  }
  double value(std::int64_t k, std::int64_t total_steps) const {
    const double a = elapsed(k, total_steps, 1);
    return initial * portable_exp(a * (portable_log(final) - portable_log(initial)));
  }
};

/// Step decay: constant, then multiplied by `factor` after every share `every` of the budget.
///
///   factor^floor(k / (every T))
///
/// Krizhevsky et al. (2012), section 5, with fixed times; the default drops at 30, 60 and 90 %.
struct StepSchedule {
  static constexpr std::string_view kName = "step";
  static constexpr int kVersion = 2;  // the steps of the drops are exact
  double factor = 0.1;
  double every = 0.3;

  template <class F>
  void fields(F&& field) {
    field("factor", factor, "(0, 1]", "factor of each drop");
    field("every", every, "(0, 1]", "fraction of the budget between drops");
  }
  double value(std::int64_t k, std::int64_t total_steps) const {
    return integer_power(factor, spans_over(k, total_steps, every));
  }
};

}  // namespace ravine
