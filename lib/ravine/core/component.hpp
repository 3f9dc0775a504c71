#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/export.hpp"

namespace ravine {

template <class Product>
class Catalog;

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
/// Throws Error for a number that Real holds only as infinity or, without being 0, as 0.
RAVINE_EXPORT void check_precision(std::string_view what, double value);
/// Checks a word against a rule such as "zero|mean|none"; an empty rule allows every word.
RAVINE_EXPORT void check_choice(std::string_view what, const std::string& value,
                                std::string_view rule);

/// What a field is called: its name, then the other names under which texts may give it.
struct RAVINE_EXPORT FieldKey {
  // Converts from a plain name, so that most rows read field("period", ...).
  FieldKey(const char* only) : name(only) {}
  FieldKey(std::string_view first, std::string_view alias, std::string_view second = {},
           std::string_view third = {})
      : name(first), aliases{alias, second, third} {}

  std::string_view name;
  std::array<std::string_view, 3> aliases = {};  // unused ones are empty
};

/// One line of help about a hyperparameter.
struct FieldDoc {
  std::string key, default_value, rule, meaning;
  bool numeric = true;      // a number (or true/false) rather than a word
  bool is_real = false;     // a double
  std::string search = "";  // the scale on which tuning searches it; "" for what is left alone
  std::string kind = "";    // of the component that it holds or, if it is numeric, may hold
  std::vector<std::string> aliases = {};
};

/// A field that holds a component of another catalog, or of its own row's: what the text names, and
/// the text. One whose default is kNoComponent may be left empty. `read_fields` makes it, of the
/// default text too, with the rows of the catalog that made the component around it.
inline constexpr std::string_view kNoComponent = "none";
template <class Product>
struct Nested {
  using Held = Product;
  explicit Nested(std::string default_text) : text(std::move(default_text)) {}

  std::string text;
  std::unique_ptr<Product> made = nullptr;
};

// A component type lists its hyperparameters once:
//
//   template <class F> void fields(F&& field) {
//     field({"beta", "alpha"}, beta, "[0, 1)", "share of the velocity that is kept",
//           "one_minus_log(0.5, 0.999)");
//   }
//
// The first argument holds the field's name and its aliases, if it has any; the last, which may be
// left out, says on which scale tuning searches it (plan/search_space). The visitors below read
// them from text, write the canonical text and document them. Supported types: double,
// std::int64_t, bool, std::string, Nested<Product>.

namespace detail {
template <class Value>
concept HoldsComponent = requires {
  typename Value::Held;
};

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
template <class Product>
std::string write_field(const Nested<Product>& value) {
  return value.text;
}
RAVINE_EXPORT void refuse_unknown_keys(const Component& component,
                                       const std::vector<std::string>& known);

/// "momentum(beta)"
RAVINE_EXPORT std::string path_of(const Component& component, std::string_view key);

/// f() with the path of a field in front of what it refuses.
template <class F>
auto read_within(const std::string& path, F&& f) {
  try {
    return f();
  } catch (const Error& error) {
    fail("{}: {}", path, error.what());
  }
}

// Objects without nested components need no catalog.
struct NoCatalog {
  template <class Product>
  const ravine::Catalog<Product>& nested() const = delete;
};
}  // namespace detail

/// Gives an argument that is written with an alias the name of its field. Throws Error if the same
/// field is given twice.
RAVINE_EXPORT void rename_alias(Component& component, std::string_view name,
                                std::string_view alias);

/// What becomes of nested components: they are made, or only their texts made canonical. Doing one
/// at a time keeps the work proportional to the depth.
enum class Inner { kMake, kSpell };

/// Sets the fields of `object` that `component` gives; nested components are made, or spelt, by the
/// rows of `catalog` or of what it nests. Throws Error for unknown keys (with the nearest known
/// one) and for values outside their rule.
template <class T, class Catalog = detail::NoCatalog>
void read_fields(Component component, T& object, const Catalog& catalog = {},
                 [[maybe_unused]] Inner inner = Inner::kMake) {
  std::vector<std::string> known;
  object.fields([&](FieldKey key, auto& value, std::string_view rule, std::string_view,
                    std::string_view = {}) {
    known.emplace_back(key.name);
    for (const std::string_view alias : key.aliases) rename_alias(component, key.name, alias);
    const std::string* text = component.find(key.name);
    const std::string what = detail::path_of(component, key.name);
    using Value = std::remove_reference_t<decltype(value)>;
    if constexpr (detail::HoldsComponent<Value>) {
      detail::read_within(what, [&] {
        const auto& rows = catalog.template nested<typename Value::Held>();
        const bool may_be_empty = value.text == kNoComponent;
        if (text) value.text = *text;
        if (may_be_empty && value.text == kNoComponent) return;
        if (inner == Inner::kMake)
          value.made = rows.make(value.text);
        else
          value.text = rows.canonical(value.text);
      });
    } else if (text) {
      detail::read_field(what, *text, rule, value);
    }
  });
  detail::refuse_unknown_keys(component, known);
}

/// Every field with its value: the canonical arguments.
template <class T>
std::vector<std::pair<std::string, std::string>> write_fields(T object) {
  std::vector<std::pair<std::string, std::string>> arguments;
  object.fields(
      [&](FieldKey key, auto& value, std::string_view, std::string_view, std::string_view = {}) {
        arguments.emplace_back(key.name, detail::write_field(value));
      });
  return arguments;
}

template <class T>
std::vector<FieldDoc> document_fields(T object) {
  std::vector<FieldDoc> docs;
  object.fields([&](FieldKey key, auto& value, std::string_view rule, std::string_view meaning,
                    std::string_view search = {}) {
    using Value = std::remove_reference_t<decltype(value)>;
    FieldDoc doc{std::string(key.name), detail::write_field(value), std::string(rule),
                 std::string(meaning)};
    doc.search = search;
    if constexpr (detail::HoldsComponent<Value>) doc.kind = Value::Held::kKind;
    doc.is_real = std::is_same_v<Value, double>;
    doc.numeric = !std::is_same_v<Value, std::string> && doc.kind.empty();
    for (const std::string_view alias : key.aliases)
      if (!alias.empty()) doc.aliases.emplace_back(alias);
    docs.push_back(std::move(doc));
  });
  return docs;
}

}  // namespace ravine
