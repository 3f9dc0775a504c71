#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// The text `name(key=value, ...)` that names every part of a trial: on the command line, in
/// config files, in canonical texts and in HDF5. Values may themselves be components. A value with
/// a comma outside parentheses, or with odd parentheses, is quoted: data="a,b.csv"; a quote inside
/// it is doubled.
struct RAVINE_EXPORT Component {
  std::string name;
  std::vector<std::pair<std::string, std::string>> arguments;  // values without their quotes

  /// Throws Error for anything but `name` or `name(key=value, ...)`, and for a key given twice.
  static Component parse(std::string_view text);
  /// Reads back as the same component; quotes are written where they are needed only.
  std::string text() const;
  const std::string* find(std::string_view key) const;
};

/// Checks a value against a rule in interval notation: "[0, 1)", "(0, inf)", "[1, 100]".
/// Throws Error with the value and the rule. An empty rule allows every finite number.
RAVINE_EXPORT void check_range(std::string_view what, double value, std::string_view rule);
/// Checks a word against a rule such as "zero|mean|none"; an empty rule allows every word.
RAVINE_EXPORT void check_choice(std::string_view what, const std::string& value,
                                std::string_view rule);

/// One line of help about a hyperparameter.
struct FieldDoc {
  std::string key, default_value, rule, meaning;
  bool numeric = true;      // a number (or true/false) rather than a word
  std::string search = "";  // the scale on which tuning searches it; "" for what is left alone
};

// A component type lists its hyperparameters once:
//
//   template <class F> void fields(F&& field) {
//     field("alpha", alpha, "[0, 1)", "share of the velocity that is kept",
//           "one_minus_log(0.5, 0.999)");
//   }
//
// The last argument, which may be left out, says on which scale tuning searches a field
// (plan/search_space). The visitors below read them from text, write the canonical text and
// document them. Supported types: double, std::int64_t, bool, std::string.

namespace detail {
RAVINE_EXPORT void read_field(std::string_view what, const std::string& text, std::string_view rule,
                              double& value);
RAVINE_EXPORT void read_field(std::string_view what, const std::string& text, std::string_view rule,
                              std::int64_t& value);
RAVINE_EXPORT void read_field(std::string_view what, const std::string& text, std::string_view rule,
                              bool& value);
RAVINE_EXPORT void read_field(std::string_view what, const std::string& text, std::string_view rule,
                              std::string& value);
RAVINE_EXPORT std::string write_field(double value);
RAVINE_EXPORT std::string write_field(std::int64_t value);
RAVINE_EXPORT std::string write_field(bool value);
RAVINE_EXPORT std::string write_field(const std::string& value);
RAVINE_EXPORT void refuse_unknown_keys(const Component& component,
                                       const std::vector<std::string>& known);
}  // namespace detail

/// Sets the fields of `object` that `component` gives. Throws Error for unknown keys (with the
/// nearest known one) and for values outside their rule.
template <class T>
void read_fields(const Component& component, T& object) {
  std::vector<std::string> known;
  object.fields([&](std::string_view key, auto& value, std::string_view rule, std::string_view,
                    std::string_view = {}) {
    known.emplace_back(key);
    if (const std::string* text = component.find(key))
      detail::read_field(component.name + "(" + std::string(key) + ")", *text, rule, value);
  });
  detail::refuse_unknown_keys(component, known);
}

/// Every field with its value: the canonical arguments.
template <class T>
std::vector<std::pair<std::string, std::string>> write_fields(T object) {
  std::vector<std::pair<std::string, std::string>> arguments;
  object.fields(
      [&](std::string_view key, auto& value, std::string_view, std::string_view,
          std::string_view = {}) { arguments.emplace_back(key, detail::write_field(value)); });
  return arguments;
}

template <class T>
std::vector<FieldDoc> document_fields(T object) {
  std::vector<FieldDoc> docs;
  object.fields([&](std::string_view key, auto& value, std::string_view rule,
                    std::string_view meaning, std::string_view search = {}) {
    constexpr bool kNumeric =
        !std::is_same_v<std::remove_reference_t<decltype(value)>, std::string>;
    docs.push_back({std::string(key), detail::write_field(value), std::string(rule),
                    std::string(meaning), kNumeric, std::string(search)});
  });
  return docs;
}

}  // namespace ravine
