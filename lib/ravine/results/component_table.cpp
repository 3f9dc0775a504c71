#include "ravine/results/component_table.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "ravine/core/component.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/core/trial_fields.hpp"

namespace ravine {
namespace {

constexpr std::size_t kComponentChunk = 128;
constexpr const char* kColumns[] = {"text", "kind", "key", "value"};

/// The fields of trials that are texts, whatever they hold.
std::vector<std::string> text_fields() {
  std::vector<std::string> names;
  TrialFields<One>{}.each([&](const char* name, const auto& value, auto&&...) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::string>)
      names.emplace_back(name);
  });
  return names;
}

std::optional<Component> component_of(const std::string& text) {
  try {
    return Component::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The elements of a list; none of anything else.
std::vector<std::string> elements_of(const std::string& text) {
  try {
    std::vector<std::string> elements = split_outside_parentheses(text, ',');
    if (elements.size() > 1) return elements;
  } catch (const Error&) {
  }
  return {};
}

}  // namespace

ComponentTable::ComponentTable(hdf5::Group& root)
    : root_(root), group_(root.add_group("components")), rows_(group_, kComponentChunk) {
  for (const char* name : kColumns) rows_.column({name, "", false}, hdf5::Type::kText, {});
}

void ComponentTable::add(const TrialRecord& record) {
  static const std::vector<std::string> fields = text_fields();
  for (const Cell& cell : record.cells)
    if (const auto* text = std::get_if<std::string>(&cell.value);
        text && !text->empty() &&
        std::find(fields.begin(), fields.end(), cell.name) != fields.end())
      add_text(*text);
}

void ComponentTable::add_text(const std::string& text) {
  if (known_.insert(text).second) add_parts(text);
}

void ComponentTable::add_parts(const std::string& text) {
  const std::optional<Component> component = component_of(text);
  const std::vector<std::string> elements =
      component ? std::vector<std::string>{} : elements_of(text);
  for (const std::string& element : elements) add_row(text, "element", "", element);
  if (elements.empty()) add_row(text, "name", "", component ? component->name : text);
  if (component)
    for (const auto& [key, value] : component->arguments) add_row(text, "argument", key, value);

  for (const std::string& element : elements) add_text(element);
  if (!component) return;
  for (const auto& [key, value] : component->arguments)
    if (const auto inner = component_of(value); inner && !inner->arguments.empty()) add_text(value);
}

void ComponentTable::add_row(const std::string& text, std::string_view kind, const std::string& key,
                             const std::string& value) {
  const std::string cells[] = {text, std::string(kind), key, value};
  for (std::size_t i = 0; i < std::size(kColumns); ++i) rows_.find(kColumns[i])->add(cells[i]);
  rows_.end_rows(1);
}

void ComponentTable::finish() {
  hdf5::Column dimension =
      root_.add_column("component", hdf5::Type::kDouble, kComponentChunk, true);
  dimension.make_dimension(rows_.rows());
  rows_.finish(dimension);
}

}  // namespace ravine
