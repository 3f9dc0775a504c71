#include "ravine/core/any_catalog.hpp"

#include <algorithm>

namespace ravine {
namespace {

bool is_plain_number(const std::string& text) {
  try {
    parse_double(text, "a field");
    return true;
  } catch (const Error&) {
    return text == "true" || text == "false";
  }
}

// "inner.beta1" is the field inner, then the path beta1 in what it holds.
std::pair<std::string_view, std::string_view> split_path(std::string_view path) {
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return {path, {}};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

bool goes_by(const FieldDoc& field, std::string_view name) {
  return field.key == name || std::ranges::find(field.aliases, name) != field.aliases.end();
}

}  // namespace

std::vector<std::string> AnyCatalog::names() const {
  std::vector<std::string> all;
  for (const CatalogRow* row : rows()) all.push_back(row->name);
  for (const Alias& alias : aliases_) all.push_back(alias.name);
  return all;
}

const CatalogRow& AnyCatalog::row(std::string_view name) const {
  for (const CatalogRow* row : rows())
    if (row->name == name) return *row;
  fail("unknown {} '{}'{}: choose one of {}", kind_, name, did_you_mean(name, names()),
       fmt::join(names(), ", "));
}

Component AnyCatalog::expand(Component component) const {
  const auto alias = std::ranges::find(aliases_, component.name, &Alias::name);
  Component meaning{component.name, {}};
  if (alias != aliases_.end()) meaning = expand(alias->meaning);
  for (const FieldDoc& field : row(meaning.name).fields)
    for (const std::string& other : field.aliases) rename_alias(component, field.key, other);
  for (auto& [key, value] : component.arguments) {
    const auto same =
        std::ranges::find(meaning.arguments, key, &std::pair<std::string, std::string>::first);
    if (same == meaning.arguments.end())
      meaning.arguments.emplace_back(key, value);
    else
      same->second = value;
  }
  return meaning;
}

std::vector<AnyCatalog::Held> AnyCatalog::held(const Component& component) const {
  std::vector<Held> all;
  for (const FieldDoc& field : row(component.name).fields) {
    if (field.kind.empty()) continue;
    const std::string* given = component.find(field.key);
    const std::string& text = given ? *given : field.default_value;
    if (field.numeric && is_plain_number(text)) continue;
    if (field.default_value == kNoComponent && text == kNoComponent) continue;
    if (const AnyCatalog* catalog = find_nested(field.kind)) all.push_back({field, text, *catalog});
  }
  return all;
}

std::string AnyCatalog::outline(std::string_view text) const {
  const Component component = expand(text);
  Component names{component.name, {}};
  for (const Held& one : held(component))
    if (!one.field.numeric)
      names.arguments.emplace_back(one.field.key, one.catalog.outline(one.text));
  return names.text();
}

std::vector<std::string> AnyCatalog::versions(std::string_view text) const {
  const Component component = expand(text);
  std::vector<std::string> all = {fmt::format("{} {}", kind_, row(component.name).version)};
  for (const Held& one : held(component))
    for (std::string& version : one.catalog.versions(one.text)) all.push_back(std::move(version));
  return all;
}

RateRange AnyCatalog::learning_rate(std::string_view text) const {
  const Component component = expand(text);
  const RateRange own = row(component.name).learning_rate;
  if (!own.search.empty()) return own;
  for (const Held& one : held(component)) {
    if (one.catalog.kind() != kind_) continue;
    const RateRange inner = one.catalog.learning_rate(one.text);
    if (!inner.search.empty()) return inner;
  }
  return own;
}

std::optional<AnyCatalog::Place> AnyCatalog::locate(const Component& component,
                                                    std::string_view path) const {
  const auto [key, rest] = split_path(path);
  for (const FieldDoc& field : row(component.name).fields)
    if (rest.empty() && goes_by(field, key))
      return Place{field, field.key, component.find(field.key) != nullptr};
  for (const Held& one : held(component)) {
    if (rest.empty() || !goes_by(one.field, key)) continue;
    const auto inner = one.catalog.locate(one.catalog.expand(one.text), rest);
    if (inner) return Place{inner->field, one.field.key + "." + inner->path, inner->given};
  }
  return std::nullopt;
}

Component AnyCatalog::with(Component component, std::string_view path, std::string value) const {
  const auto place = locate(component, path);
  if (!place) fail("{} has no parameter '{}'", component.name, path);
  const auto pieces = split_path(place->path);
  const auto &key = pieces.first, &rest = pieces.second;
  for (const Held& one : held(component))
    if (!rest.empty() && one.field.key == key)
      value = one.catalog.with(one.catalog.expand(one.text), rest, std::move(value)).text();
  std::erase_if(component.arguments, [&](const auto& argument) { return argument.first == key; });
  component.arguments.emplace_back(key, std::move(value));
  return component;
}

void AnyCatalog::add_nested(std::shared_ptr<const AnyCatalog> catalog) {
  std::erase_if(nested_, [&](const auto& old) { return old->kind() == catalog->kind(); });
  nested_.push_back(std::move(catalog));
}

const AnyCatalog* AnyCatalog::find_nested(std::string_view kind) const {
  if (kind == kind_) return this;
  for (const auto& catalog : nested_)
    if (catalog->kind() == kind) return catalog.get();
  return nullptr;
}

void AnyCatalog::add_alias(Alias alias) {
  refuse_taken(alias.name);
  aliases_.push_back(std::move(alias));
}

// The first row of a name would be found, and the second one never.
void AnyCatalog::refuse_taken(std::string_view name) const {
  for (const std::string& known : names())
    if (known == name) fail("there is a {} '{}' already: give yours another name", kind_, name);
}

void AnyCatalog::refuse_endless(const CatalogRow& row) const {
  for (const FieldDoc& field : row.fields) {
    if (field.kind != kind_ || field.numeric) continue;
    std::vector<std::string> path = {row.name};
    follow_defaults(field.default_value, path);
  }
}

// Only defaults can go on for ever: what a text spells out ends. `path` has the rows whose defaults
// lead here; rows that are not there yet are looked at when they come.
void AnyCatalog::follow_defaults(std::string_view text, std::vector<std::string>& path) const {
  const Component written = Component::parse(text);
  const std::vector<const CatalogRow*> known = rows();
  const bool is_new = written.name == path.front();
  if (is_new)
    fail("{} holds itself by default ({}): let a field's default end", path.front(),
         fmt::join(path, " holds "));
  const auto named = [&](const auto& one) { return one->name == written.name; };
  const bool is_alias =
      std::ranges::any_of(aliases_, [&](const Alias& alias) { return alias.name == written.name; });
  if (!is_alias && std::ranges::none_of(known, named)) return;
  const Component component = expand(written);
  for (const Held& one : held(component)) {
    if (one.catalog.kind() != kind_) continue;
    const bool given = component.find(one.field.key);
    if (!given) path.push_back(component.name);
    follow_defaults(one.text, path);
    if (!given) path.pop_back();
  }
}

}  // namespace ravine
