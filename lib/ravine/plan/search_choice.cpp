#include <algorithm>

#include "ravine/core/text.hpp"
#include "ravine/plan/search_space.hpp"

namespace ravine {

const SearchChoice* Search::find(const std::string& text, const Component& component,
                                 std::string_view field) const {
  for (const std::string& rule : {Component::parse(text).name, component.name})
    for (const SearchChoice& choice : ranges)
      if (choice.rule == rule && choice.field == field) return &choice;
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
        "\"adam.rho1=linear(0.5, 0.99)\"",
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
    for (const std::string& name : {written.name, catalog.expand(written).name})
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  for (const SearchChoice& choice : search.ranges) {
    if (std::find(names.begin(), names.end(), choice.rule) == names.end())
      fail("--search names '{}', which this run does not tune{}: it tunes {}", choice.rule,
           did_you_mean(choice.rule, names), fmt::join(names, ", "));
    const auto same = [&](const SearchChoice& other) {
      return other.rule == choice.rule && other.field == choice.field;
    };
    if (std::count_if(search.ranges.begin(), search.ranges.end(), same) > 1)
      fail("--search gives two ranges for '{}{}{}': leave out one of them", choice.rule,
           choice.field.empty() ? "" : ".", choice.field);
    if (choice.field.empty()) continue;
    const std::string rule = catalog.expand(Component::parse(choice.rule)).name;
    std::vector<std::string> numbers;
    for (const FieldDoc& field : catalog.entry(rule).fields)
      if (field.numeric) numbers.push_back(field.key);
    if (std::find(numbers.begin(), numbers.end(), choice.field) == numbers.end())
      fail("--search names '{}.{}': {} has no such number{}", choice.rule, choice.field,
           choice.rule, did_you_mean(choice.field, numbers));
    // Whole numbers and switches cannot take every value between the ends.
    const SearchRange range = SearchRange::parse(choice.range);
    try {
      for (const double u : {0.0, 0.31831, 1.0})
        catalog.entry(rule).make({rule, {{choice.field, format_number(range.at(u))}}});
    } catch (const Error& error) {
      fail("--search '{}.{}={}' would try what the rule refuses: {}", choice.rule, choice.field,
           choice.range, error.what());
    }
    if (std::none_of(optimizers.begin(), optimizers.end(), [&](const std::string& text) {
          const Component component = catalog.expand(Component::parse(text));
          return Search{{}, 0, {choice}}.find(text, component, choice.field) &&
                 !component.find(choice.field);
        }))
      fail("--search names '{}.{}', which --optimizer sets: leave out one of them", choice.rule,
           choice.field);
  }
}

}  // namespace ravine
