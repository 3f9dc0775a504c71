#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/core/component.hpp"

namespace ravine {

/// The learning rate of an optimizer that nobody tuned, and the scale on which tuning searches it
/// ("log(1e-4, 1)", or "" to leave it alone).
struct RateRange {
  double customary = 1;
  std::string_view search = "";
};

/// One row of a catalogue: what a component is called, where it comes from and how to make it.
template <class Product>
struct CatalogEntry {
  std::string name;
  std::string summary;   // one line for --help and --list
  std::string citation;  // authors, year, algorithm or equation number; lecture statement
  /// Rises whenever the same text gives other numbers; canonical texts carry it from 2 on.
  int version = 1;
  std::vector<FieldDoc> fields;
  RateRange learning_rate = {};  // of optimizers
  std::function<std::unique_ptr<Product>(const Component&)> make;
  /// The arguments with every default filled in, in the order of `fields`.
  std::function<std::vector<std::pair<std::string, std::string>>(const Component&)> canonical;
};

/// The known components of one kind ("optimizer", "schedule", ...), by name.
///
/// A user's program makes its own copy, adds rows to it and hands it to `suite_main`; there is no
/// global registry. Reading is thread-safe.
template <class Product>
class Catalog {
 public:
  explicit Catalog(std::string kind) : kind_(std::move(kind)) {}

  Catalog& add(CatalogEntry<Product> entry) {
    entries_.push_back(std::move(entry));
    return *this;
  }
  /// A short name for a text; arguments given to the alias override those of the text.
  Catalog& alias(std::string name, std::string_view text, std::string summary) {
    aliases_.push_back({std::move(name), Component::parse(text), std::move(summary)});
    return *this;
  }

  struct Alias {
    std::string name;
    Component meaning;
    std::string summary;
  };
  const std::vector<CatalogEntry<Product>>& entries() const { return entries_; }
  const std::vector<Alias>& aliases() const { return aliases_; }
  const std::string& kind() const { return kind_; }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : entries_) all.push_back(entry.name);
    for (const auto& alias : aliases_) all.push_back(alias.name);
    return all;
  }

  /// The row of a name. Throws Error for an unknown one, listing all and the nearest.
  const CatalogEntry<Product>& entry(std::string_view name) const {
    for (const auto& entry : entries_)
      if (entry.name == name) return entry;
    fail("unknown {} '{}'{}: known are {}", kind_, name, did_you_mean(name, names()),
         fmt::join(names(), ", "));
  }

  /// Aliases replaced by what they stand for.
  Component expand(Component component) const {
    for (const Alias& alias : aliases_) {
      if (alias.name != component.name) continue;
      Component expanded = alias.meaning;
      for (auto& argument : component.arguments) {
        const auto same =
            std::find_if(expanded.arguments.begin(), expanded.arguments.end(),
                         [&](const auto& known) { return known.first == argument.first; });
        if (same == expanded.arguments.end())
          expanded.arguments.push_back(argument);
        else
          same->second = argument.second;
      }
      return expand(std::move(expanded));
    }
    return component;
  }

  /// Makes the component that a text names. Throws Error for bad text.
  std::unique_ptr<Product> make(std::string_view text) const {
    const Component component = expand(Component::parse(text));
    return entry(component.name).make(component);
  }

  /// The full text: aliases expanded, every parameter with its value. It fixes the component's
  /// behaviour and reads back as itself.
  std::string canonical(std::string_view text) const {
    Component component = expand(Component::parse(text));
    const auto& row = entry(component.name);
    component.arguments = row.canonical(component);
    return component.text();
  }

  /// ["adam v2", ...]: the versions of a text's component, for the canonical text of a trial.
  int version(std::string_view text) const {
    return entry(expand(Component::parse(text)).name).version;
  }

 private:
  std::string kind_;
  std::vector<CatalogEntry<Product>> entries_;
  std::vector<Alias> aliases_;
};

/// The row of a type T with `kName`, `fields()` and a constructor-like `wrap(T)` that makes the
/// product; summary and citation are its documentation.
template <class Product, class T, class Wrap>
CatalogEntry<Product> catalog_entry(std::string summary, std::string citation, Wrap wrap) {
  CatalogEntry<Product> entry;
  entry.name = std::string(T::kName);
  entry.summary = std::move(summary);
  entry.citation = std::move(citation);
  if constexpr (requires { T::kVersion; }) entry.version = T::kVersion;
  if constexpr (requires { T::kLearningRate; }) entry.learning_rate = T::kLearningRate;
  entry.fields = document_fields(T{});
  entry.make = [wrap](const Component& component) {
    T object;
    read_fields(component, object);
    return wrap(std::move(object));
  };
  entry.canonical = [](const Component& component) {
    T object;
    read_fields(component, object);
    return write_fields(object);
  };
  return entry;
}

}  // namespace ravine
