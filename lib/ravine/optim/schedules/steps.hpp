#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "ravine/core/portable.hpp"

namespace ravine {

// Schedules that count steps and need no budget. k = t - 1 counts the updates already made.

/// The same value at every step.
struct ConstantSchedule {
  static constexpr std::string_view kName = "constant";
  double level = 1;

  template <class F>
  void fields(F&& field) {
    field("value", level, "[0, inf)", "value of every step");
  }
  double value(std::int64_t, std::int64_t) const { return level; }
};

/// Decay like 1/k, which satisfies the sufficient conditions sum eps = inf, sum eps^2 < inf.
///
///   1 / (1 + k / k0)
///
/// Robbins and Monro (1951); lecture L4. With k0 = 1 it is 1/t.
struct InverseSchedule {
  static constexpr std::string_view kName = "inverse";
  double k0 = 1;

  template <class F>
  void fields(F&& field) {
    field("k0", k0, "(0, inf)", "steps after which the value is one half");
  }
  double value(std::int64_t k, std::int64_t) const { return 1 / (1 + static_cast<double>(k) / k0); }
};

/// Decay like 1/sqrt k.
///
///   1 / sqrt(1 + k / k0)
///
/// Zinkevich (2003); with k0 = 1 it is the 1/sqrt t of Kingma and Ba (2015), section 6.1.
struct InverseSqrtSchedule {
  static constexpr std::string_view kName = "inverse_sqrt";
  double k0 = 1;

  template <class F>
  void fields(F&& field) {
    field("k0", k0, "(0, inf)", "steps after which the value is 1 / sqrt 2");
  }
  double value(std::int64_t k, std::int64_t) const {
    return 1 / std::sqrt(1 + static_cast<double>(k) / k0);
  }
};

/// Decay like a power between the two: steps that averaging can be left to tame.
///
///   (1 + k / k0)^-power
///
/// Bottou (2012), "Stochastic gradient descent tricks", section 5.3, after Xu (2011): power 3/4 and
/// k0 = 1 / (lambda eps_0), with lambda the factor of the L2 term, for averaged SGD.
struct InversePowerSchedule {
  static constexpr std::string_view kName = "inverse_power";
  double k0 = 1;
  double power = 0.75;

  template <class F>
  void fields(F&& field) {
    field("k0", k0, "(0, inf)", "steps after which the value is 2^-power");
    field("power", power, "[0, inf)", "exponent of the decay");
  }
  double value(std::int64_t k, std::int64_t) const {
    return portable_exp(-power * portable_log(1 + static_cast<double>(k) / k0));
  }
};

/// Rising momentum: 1/2, 3/4, 5/6, ... for `period` steps each.
///
///   min(1 - 2^(-1 - log2(floor(k / period) + 1)), max)
///
/// Sutskever et al. (2013), equation 5, with period 250; 2^(-1 - log2 n) = 1 / (2 n), exactly.
struct SutskeverSchedule {
  static constexpr std::string_view kName = "sutskever";
  double max = 0.99;
  std::int64_t period = 250;

  template <class F>
  void fields(F&& field) {
    field("max", max, "[0, 1)", "largest value");
    field("period", period, "[1, 1e15]", "steps of each level");
  }
  double value(std::int64_t k, std::int64_t) const {
    return std::min(1 - 0.5 / static_cast<double>(k / period + 1), max);
  }
};

}  // namespace ravine
