#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// The scale on which tuning searches a number, from 0 (the low end) to 1 (the high end):
///
///   log(a, b)            a^(1-u) b^u
///   one_minus_log(a, b)  1 - (1-a)^(1-u) (1-b)^u: for shares that are kept, such as momentum
///   linear(a, b)         (1-u) a + u b
///
/// one_minus_log is the scale of Choi, Shallue, Nado, Lee, Maddison and Dahl (2019), section 3.
class RAVINE_EXPORT SearchRange {
 public:
  /// Throws Error for anything but one of the three, with a < b inside the scale's domain.
  static SearchRange parse(std::string_view text);
  /// The value at u in [0, 1], rounded to three digits as a user would type it: of the value, or of
  /// 1 - value on the scale one_minus_log.
  double at(double u) const;

 private:
  enum class Scale { kLog, kOneMinusLog, kLinear } scale_ = Scale::kLinear;
  double low_ = 0, high_ = 1;
};

/// How settings are chosen. Both are static: no choice depends on a result.
struct Search {
  enum class Method { kGrid, kRandom } method = Method::kRandom;
  int budget = 20;  // settings per optimizer, its default among them
};

/// An optimizer with the learning rate at which it runs.
struct Setting {
  std::string optimizer;
  double learning_rate = 0;
};

/// The settings that tuning tries for the optimizer that `text` names, `budget` of them: first the
/// untuned rule at its customary rate, then those of the search.
///
/// Searched are the learning rate and the fields that declare a scale, except those that `text`
/// sets. `rates`, if not empty, replaces the declared range of the learning rate by its ends.
///   random  setting i takes independent uniforms of the stream (tuning, i): the same for every
///           optimizer, so that all see the same quantiles of their rates; a larger budget adds
///           settings and keeps the others
///   grid    every field takes m values, equally spaced on its scale, and each combination its
///           share of the learning rates; m is the largest of 1, 2, 3 that leaves each at least 5.
///           With m = 1 fields keep their defaults.
/// Fewer settings come back where there is nothing to tune. Throws Error for an unknown name.
RAVINE_EXPORT std::vector<Setting> settings(const std::string& text,
                                            const std::vector<double>& rates, const Search& search,
                                            const Catalog<Optimizer>& catalog);

}  // namespace ravine
