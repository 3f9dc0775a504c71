#include <algorithm>

#include "ravine/core/text.hpp"
#include "ravine/plan/search_space.hpp"

namespace ravine {

namespace {

// The paths of all numbers in a component and in those that it holds.
void add_numbers(std::vector<std::string>& paths, const std::string& path,
                 const Component& component, const AnyCatalog& catalog) {
  for (const FieldDoc& field : catalog.row(component.name).fields)
    if (field.numeric) paths.push_back(path + field.key);
  for (const AnyCatalog::Held& one : catalog.held(component))
    if (!one.field.numeric)
      add_numbers(paths, path + one.field.key + ".", one.catalog.expand(one.text), one.catalog);
}

bool names(const SearchChoice& choice, const std::string& text, const Component& component) {
  return choice.rule == component.name || choice.rule == Component::parse(text).name;
}

// Throws Error if none of the optimizers has this field, or leaves it open, or takes such values.
void check_field(const SearchChoice& choice, const std::vector<std::string>& optimizers,
                 const Catalog<Optimizer>& catalog) {
  std::vector<std::string> numbers;
  bool known = false, open = false;
  for (const std::string& text : optimizers) {
    const Component component = catalog.expand(text);
    if (!names(choice, text, component)) continue;
    add_numbers(numbers, "", component, catalog);
    const auto place = catalog.locate(component, choice.field);
    if (!place || !place->field.numeric) continue;
    known = true;
    open = open || !place->given;
    // Whole numbers and switches cannot take every value between the ends.
    const SearchRange range = SearchRange::parse(choice.range);
    try {
      for (const double u : {0.0, 0.31831, 1.0})
        catalog.make(catalog.with(component, choice.field, format_number(range.at(u))).text());
    } catch (const Error& error) {
      fail("--search '{}.{}={}' contains values that the rule refuses: {}", choice.rule,
           choice.field, choice.range, error.what());
    }
  }
  if (!known)
    fail("--search names '{}.{}': {} does not have a number of that name{}", choice.rule,
         choice.field, choice.rule, did_you_mean(choice.field, numbers));
  if (!open)
    fail("--search names '{}.{}', which --optimizer sets: leave out one of them", choice.rule,
         choice.field);
}

}  // namespace

const SearchChoice* Search::find(const std::string& text, const Component& component,
                                 std::string_view path, const Catalog<Optimizer>& catalog) const {
  for (const std::string& rule : {Component::parse(text).name, component.name})
    for (const SearchChoice& choice : ranges) {
      if (choice.rule != rule || choice.field.empty() != path.empty()) continue;
      if (path.empty()) return &choice;
      const auto place = catalog.locate(component, choice.field);
      if (place && place->path == path) return &choice;
    }
  return nullptr;
}

SearchChoice parse_search_choice(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view key = trim(text.substr(0, equals));
  const auto dot = key.find('.');
  SearchChoice choice{std::string(key.substr(0, dot)), "", ""};
  if (dot != std::string_view::npos) choice.field = key.substr(dot + 1);
  if (equals != std::string_view::npos) choice.range = trim(text.substr(equals + 1));
  if (choice.rule.empty() || choice.range.empty() || (key.back() == '.'))
    fail(
        "--search is '{}': write RULE=RANGE or RULE.FIELD=RANGE, such as \"adam=log(1e-4, 0.1)\" "
        "or "
        "\"adam.beta1=linear(0.5, 0.99)\"",
        text);
  if (choice.range != kFixedRate)
    SearchRange::parse(choice.range);
  else if (!choice.field.empty())
    fail("--search is '{}': leave the field out, or set it in --optimizer", text);
  return choice;
}

void check_search(const Search& search, const std::vector<std::string>& optimizers,
                  const Catalog<Optimizer>& catalog) {
  std::vector<std::string> names;
  for (const std::string& text : optimizers) {
    const Component written = Component::parse(text);
    for (const std::string& name : {written.name, catalog.expand(text).name})
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  for (const SearchChoice& choice : search.ranges) {
    if (std::find(names.begin(), names.end(), choice.rule) == names.end())
      fail("--search names '{}', which this run does not tune{}: it tunes {}", choice.rule,
           did_you_mean(choice.rule, names), fmt::join(names, ", "));
    const auto path = [&](const SearchChoice& one) {
      const auto place = catalog.locate(catalog.expand(one.rule), one.field);
      return place ? place->path : one.field;
    };
    const auto same = [&](const SearchChoice& other) {
      return other.rule == choice.rule && path(other) == path(choice);
    };
    if (std::count_if(search.ranges.begin(), search.ranges.end(), same) > 1)
      fail("--search gives two ranges for '{}{}{}': leave out one of them", choice.rule,
           choice.field.empty() ? "" : ".", choice.field);
    if (!choice.field.empty()) check_field(choice, optimizers, catalog);
  }
}

}  // namespace ravine
