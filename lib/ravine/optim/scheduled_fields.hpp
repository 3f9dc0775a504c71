#pragma once

#include <algorithm>
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

/// The numeric hyperparameters of a rule that a schedule sets at every step, as in
/// momentum(alpha=sutskever(max=0.99)). The driver resolves them to numbers once per step, before
/// the rule is asked for its update, so rules know nothing of schedules. The schedules are those
/// that the catalog of the rule nests.
template <class Rule>
class ScheduledFields {
 public:
  ScheduledFields() = default;

  /// Sets the fields of `rule` that `component` gives: numbers at once, schedules at every step.
  /// Throws Error as read_fields() does, for bad schedules, and for a first value outside the
  /// field's range.
  ScheduledFields(Component component, Rule& rule, const Catalog<Optimizer>& catalog,
                  Inner inner = Inner::kMake) {
    rule.fields(
        [&](FieldKey key, auto& value, std::string_view, std::string_view, std::string_view = {}) {
          for (const std::string_view alias : key.aliases) rename_alias(component, key.name, alias);
          if constexpr (kIsNumber<decltype(value)>)
            take(component, key.name, catalog.nested<Schedule>());
        });
    read_fields(component, rule, catalog, inner);
    resolve({.step = 1, .learning_rate = 0, .total_steps = 1}, rule);
  }

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

 private:
  struct Field {
    std::string key, what, text;
    std::shared_ptr<const Schedule> schedule;
  };
  template <class Reference>
  static constexpr bool kIsNumber = std::is_same_v<Reference, double&>;

  // Anything with parentheses is taken for a schedule, so that a misspelt one is told apart from
  // a misspelt number.
  static bool names_schedule(const std::string& text, const Catalog<Schedule>& schedules) {
    const auto names = schedules.names();
    return text.find('(') != std::string::npos ||
           std::find(names.begin(), names.end(), text) != names.end();
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
