#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ravine/core/component.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/schedule.hpp"

namespace ravine {

/// The hyperparameters of an optimizer that a schedule sets at every step, as in
/// momentum(beta=sutskever(max=0.99)). They are resolved to numbers before the step, so that rules
/// and methods know nothing of schedules. The schedules are those that the catalog of the rule
/// nests.
///
/// Every field of type double may vary, but for those that the rule lists as `kFixed`; whole
/// numbers (periods, lengths of histories) are fixed when a trial starts.
template <class Rule>
class ScheduledFields {
 public:
  /// Sets the fields of `rule` that `component` gives: numbers at once, schedules at every step.
  /// Throws Error as read_fields() does, for bad schedules, for schedules of what is fixed, and for
  /// a first value outside the field's range.
  ScheduledFields(Component component, Rule& rule, const Catalog<Optimizer>& catalog,
                  Inner inner = Inner::kMake) {
    const auto& schedules = catalog.nested<Schedule>();
    rule.fields(
        [&](FieldKey key, auto& value, std::string_view, std::string_view, std::string_view = {}) {
          for (const std::string_view alias : key.aliases) rename_alias(component, key.name, alias);
          if constexpr (kCounts<decltype(value)>)
            refuse(component, key.name, "a whole number", schedules);
          else if constexpr (kIsNumber<decltype(value)>)
            is_fixed(key.name) ? refuse(component, key.name, "a number", schedules)
                               : take(component, key.name, schedules);
        });
    read_fields(component, rule, catalog, inner);
    resolve({.step = 1, .learning_rate = 0, .total_steps = 1}, rule);
  }

  bool empty() const { return fields_.empty(); }

  /// Gives the scheduled fields their values of this step. Throws Error for one outside the range
  /// of its field. Does not allocate.
  void resolve(const StepInfo& info, Rule& rule) const {
    if (fields_.empty()) return;
    rule.fields([&](FieldKey key, auto& value, std::string_view range, std::string_view,
                    std::string_view = {}) {
      if constexpr (kIsNumber<decltype(value)>) {
        for (const Field& field : fields_) {
          if (field.key != key.name) continue;
          value = field.schedule->value(info.step, info.total_steps);
          check_range(field.what, value, range);
        }
      }
    });
  }

  /// Replaces the numbers of scheduled fields by the canonical texts of their schedules.
  void write(std::vector<std::pair<std::string, std::string>>& arguments) const {
    for (auto& [key, text] : arguments)
      for (const Field& field : fields_)
        if (field.key == key) text = field.text;
  }

  /// Whether a field keeps the value with which the trial starts.
  static bool is_fixed(std::string_view key) {
    if constexpr (requires { Rule::kFixed; })
      return std::find(Rule::kFixed.begin(), Rule::kFixed.end(), key) != Rule::kFixed.end();
    else
      return false;
  }

 private:
  struct Field {
    std::string key, what, text;
    std::shared_ptr<const Schedule> schedule;
  };
  template <class Reference>
  static constexpr bool kIsNumber = std::is_same_v<Reference, double&>;
  template <class Reference>
  static constexpr bool kCounts = std::is_same_v<Reference, std::int64_t&>;

  // Anything with parentheses is taken for a schedule, so that a misspelt one is told apart from
  // a misspelt number.
  static bool names_schedule(const std::string& text, const Catalog<Schedule>& schedules) {
    const auto names = schedules.names();
    return text.find('(') != std::string::npos ||
           std::find(names.begin(), names.end(), text) != names.end();
  }

  static void refuse(const Component& component, std::string_view key, std::string_view remedy,
                     const Catalog<Schedule>& schedules) {
    const std::string* text = component.find(key);
    if (text && names_schedule(*text, schedules))
      fail("{} is '{}': it is fixed when a trial starts and cannot follow a schedule; give {}",
           detail::path_of(component, key), *text, remedy);
  }

  void take(Component& component, std::string_view key, const Catalog<Schedule>& schedules) {
    const std::string* text = component.find(key);
    if (!text || !names_schedule(*text, schedules)) return;
    const std::string what = detail::path_of(component, key);
    detail::read_within(what, [&] {
      fields_.push_back(
          {std::string(key), what, schedules.canonical(*text), schedules.make(*text)});
    });
    std::erase_if(component.arguments, [&](const auto& argument) { return argument.first == key; });
  }

  std::vector<Field> fields_;
};

}  // namespace ravine
