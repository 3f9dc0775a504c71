#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/catalog.hpp"
#include "ravine/core/component.hpp"
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

/// One range of --search: of a rule's learning rate (`field` is empty) or of one of its fields, or
/// of one in a component that it holds ("inner.beta1"). It replaces what the rule declares; "fixed"
/// keeps the learning rate at its customary value.
struct SearchChoice {
  std::string rule, field, range;
};
inline constexpr std::string_view kFixedRate = "fixed";

/// "adam=log(1e-4, 0.1)", "adam=fixed" or "adam.beta1=linear(0.5, 0.99)". Throws Error for anything
/// else.
RAVINE_EXPORT SearchChoice parse_search_choice(std::string_view text);

/// How settings are chosen. Both methods are static: no choice depends on a result.
struct RAVINE_EXPORT Search {
  enum class Method { kGrid, kRandom } method = Method::kRandom;
  int budget = 20;  // settings per optimizer, its default among them
  std::vector<SearchChoice> ranges = {};

  /// The range given for a field of the optimizer that `text` names, by the very word of the text
  /// or else by what an alias stands for (`component`); null without one. `path` leads to the field
  /// ("inner.beta1"); it is empty for the learning rate.
  const SearchChoice* find(const std::string& text, const Component& component,
                           std::string_view path, const Catalog<Optimizer>& catalog) const;
};

/// An optimizer with the learning rate at which it runs.
struct Setting {
  std::string optimizer;
  double learning_rate = 0;
};

/// Whether tuning knows a range for the learning rate of the optimizer that `text` names: from
/// --search, from `rates` or declared by the rule. Throws Error for an unknown name.
RAVINE_EXPORT bool has_rate_range(const std::string& text, const std::vector<double>& rates,
                                  const Search& search, const Catalog<Optimizer>& catalog);

/// Throws Error for a range of `search` whose rule is none of `optimizers`, or whose field the rule
/// does not have or the user has set.
RAVINE_EXPORT void check_search(const Search& search, const std::vector<std::string>& optimizers,
                                const Catalog<Optimizer>& catalog);

/// The settings that tuning tries for the optimizer that `text` names: exactly `budget` distinct
/// ones, first the untuned rule at its customary rate, then those of the search.
///
/// Searched are the learning rate and the fields that declare a scale, except those that `text`
/// sets; those of the components that it holds, too. `search.ranges` replace what the rule
/// declares; `rates`, if not empty, replaces the declared range of the learning rate by its ends.
///   random  setting i takes independent uniforms of the stream (tuning, i): the same for every
///           optimizer, so that all see the same quantiles of their rates; a setting that is there
///           already is drawn again from its stream. A larger budget adds settings and keeps the
///           others.
///   grid    every field takes m values, equally spaced on its scale, and each combination its
///           share of the learning rates, equally spaced, too; m is the largest of 1, 2, 3 that
///           leaves each at least 5. With m = 1 fields keep their defaults. A setting that is there
///           already, such as the default, gives way to the midpoint of a gap between rates, from
///           the lowest on.
/// Throws Error for an unknown name, for a rule without a range of its learning rate, and where the
/// space holds fewer settings that differ in their three digits than the budget.
RAVINE_EXPORT std::vector<Setting> settings(const std::string& text,
                                            const std::vector<double>& rates, const Search& search,
                                            const Catalog<Optimizer>& catalog);

}  // namespace ravine
