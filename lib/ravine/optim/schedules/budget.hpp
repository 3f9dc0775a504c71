#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
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

/// The share of the last `span` budgets that is over: (k - (1 - span) T) / (span T) in [0, 1].
inline double cooled(std::int64_t k, std::int64_t total_steps, double span) {
  check_budget(total_steps);
  const double length = span * static_cast<double>(total_steps);
  const double over = static_cast<double>(k - total_steps) + length;
  return std::min(1.0, std::max(0.0, over / length));
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

/// Constant, then a fall over the last share of the budget that is fastest at first.
///
///   1 until (1 - share) T, then final + (1 - final) (1 - sqrt(a)),  a = (k - (1 - share) T) /
///   (share T)
///
/// Haegele, Bakouch, Kosson, Ben Allal, Von Werra and Jaggi (2024), section 3 ("1-sqrt").
struct OneMinusSqrtSchedule {
  static constexpr std::string_view kName = "one_minus_sqrt";
  double share = 0.2;
  double final = 0;

  template <class F>
  void fields(F&& field) {
    field("share", share, "(0, 1]", "fraction of the budget over which it falls");
    field("final", final, "[0, inf)", "value at the end");
  }
  double value(std::int64_t k, std::int64_t total_steps) const {
    return final + (1 - final) * (1 - std::sqrt(cooled(k, total_steps, share)));
  }
};

/// Warm-up, a stable stretch, and a decay: the budget may be lengthened without a new start.
///
///   min(1, (k + 1) / W) until (1 - decay) T, then as in one_minus_sqrt, or with a for sqrt(a)
///
/// W is the share `warmup` of the budget, rounded. Hu et al. (2024, MiniCPM), section 4, with the
/// shapes of Haegele et al. (2024); the decay of MiniCPM itself is exponential.
struct WsdSchedule {
  static constexpr std::string_view kName = "wsd";
  double warmup = 0.05;
  double decay = 0.2;
  std::string shape = "linear";
  double final = 0;

  template <class F>
  void fields(F&& field) {
    field("warmup", warmup, "[0, 1)", "fraction of the budget over which it rises");
    field("decay", decay, "(0, 1]", "fraction of the budget over which it falls");
    field("shape", shape, "linear|one_minus_sqrt", "of the fall");
    field("final", final, "[0, inf)", "value at the end");
  }
  double value(std::int64_t k, std::int64_t total_steps) const {
    check_budget(total_steps);
    const double a = cooled(k, total_steps, decay);
    const double fallen = shape == "linear" ? a : std::sqrt(a);
    // floor(x + 1/2), from the floor of 2 x
    const std::int64_t rise = warmup > 0 ? (Share(warmup).of(2 * total_steps) + 1) / 2 : 0;
    const double risen = k + 1 < rise ? static_cast<double>(k + 1) / static_cast<double>(rise) : 1;
    return risen * (final + (1 - final) * (1 - fallen));
  }
};

}  // namespace ravine
