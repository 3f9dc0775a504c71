#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ravine/core/any_catalog.hpp"
#include "ravine/core/component.hpp"

namespace ravine {

template <class Product>
class Catalog;

/// One row of a catalog: what a component is called, where it comes from and how to make it.
template <class Product>
struct CatalogEntry : CatalogRow {
  /// Both get an expanded component and the catalog whose rows its fields may name.
  std::function<std::unique_ptr<Product>(const Component&, const Catalog<Product>&)> make;
  /// The arguments with every default filled in, in the order of `fields`.
  std::function<std::vector<std::pair<std::string, std::string>>(const Component&,
                                                                 const Catalog<Product>&)>
      canonical;
};

/// The known components of one kind ("optimizer", "schedule", ...), by name.
///
/// A user's program makes its own copy, adds rows to it and hands it to `suite_main`; there is no
/// global registry. Reading is thread-safe.
template <class Product>
class Catalog final : public AnyCatalog {
 public:
  explicit Catalog(std::string kind) : AnyCatalog(std::move(kind)) {}
  Catalog() requires requires { Product::kKind; } : AnyCatalog(std::string(Product::kKind)) {
  }

  /// Throws Error for a row whose defaults hold one another for ever.
  Catalog& add(CatalogEntry<Product> entry) {
    refuse_taken(entry.name);
    refuse_endless(entry);
    entries_.push_back(std::move(entry));
    return *this;
  }
  /// A short name for a text; arguments given to the alias override those of the text.
  Catalog& alias(std::string name, std::string_view text, std::string summary) {
    add_alias({std::move(name), Component::parse(text), std::move(summary)});
    return *this;
  }
  /// Lets fields of these rows hold components of `other`, of which it keeps a copy. Components of
  /// the catalog's own kind they may hold anyway.
  template <class Other>
  Catalog& nest(Catalog<Other> other) {
    add_nested(std::make_shared<const Catalog<Other>>(std::move(other)));
    return *this;
  }
  /// The catalog of the components of a kind that fields of these rows hold. Throws Error if it
  /// nests none.
  template <class Other>
  const Catalog<Other>& nested() const {
    if constexpr (std::is_same_v<Other, Product>) {
      return *this;
    } else {
      const auto* other = dynamic_cast<const Catalog<Other>*>(find_nested(Other::kKind));
      if (!other)
        fail("fields of this {} hold a {}: give its catalog one of these with nest()", kind(),
             Other::kKind);
      return *other;
    }
  }

  const std::vector<CatalogEntry<Product>>& entries() const { return entries_; }
  std::vector<const CatalogRow*> rows() const override {
    std::vector<const CatalogRow*> all;
    for (const auto& entry : entries_) all.push_back(&entry);
    return all;
  }
  /// The row of a name. Throws Error for an unknown one, listing all and the nearest.
  const CatalogEntry<Product>& entry(std::string_view name) const {
    return static_cast<const CatalogEntry<Product>&>(row(name));
  }

  /// Makes the component that a text names. Throws Error for bad text.
  std::unique_ptr<Product> make(std::string_view text) const {
    const Component component = expand(text);
    return entry(component.name).make(component, *this);
  }

  /// The full text: aliases expanded, every parameter with its value. It fixes the component's
  /// behaviour and reads back as itself.
  std::string canonical(std::string_view text) const {
    Component component = expand(text);
    component.arguments = entry(component.name).canonical(component, *this);
    return component.text();
  }

 private:
  std::vector<CatalogEntry<Product>> entries_;
};

namespace detail {
/// The fields of a row's type, as a text gives them. Those that can be written in several ways
/// `normalize()`, or `normalize(catalog)`, brings into one; it throws Error for bad ones.
template <class T, class Product>
T read_row(const Component& component, const Catalog<Product>& catalog, Inner inner) {
  T object;
  read_fields(component, object, catalog, inner);
  if constexpr (requires { object.normalize(catalog); })
    object.normalize(catalog);
  else if constexpr (requires { object.normalize(); })
    object.normalize();
  return object;
}
}  // namespace detail

/// The row of a type T with `kName`, `fields()` and a constructor-like `wrap(T)` that makes the
/// product; summary and citation are its documentation. It may have `normalize()`.
template <class Product, class T, class Wrap>
CatalogEntry<Product> catalog_entry(std::string summary, std::string citation, Wrap wrap) {
  CatalogEntry<Product> entry;
  entry.name = std::string(T::kName);
  entry.summary = std::move(summary);
  entry.citation = std::move(citation);
  if constexpr (requires { T::kVersion; }) entry.version = T::kVersion;
  if constexpr (requires { T::kLearningRate; }) entry.learning_rate = T::kLearningRate;
  entry.fields = document_fields(T{});
  entry.make = [wrap](const Component& component, const Catalog<Product>& catalog) {
    return wrap(detail::read_row<T>(component, catalog, Inner::kMake));
  };
  entry.canonical = [](const Component& component, const Catalog<Product>& catalog) {
    return write_fields(detail::read_row<T>(component, catalog, Inner::kSpell));
  };
  return entry;
}

/// The same where the product is a Made, which is constructed from a T.
template <class Product, class Made, class T>
CatalogEntry<Product> made_entry(std::string summary, std::string citation) {
  return catalog_entry<Product, T>(std::move(summary), std::move(citation), [](T object) {
    return std::make_unique<Made>(std::move(object));
  });
}

}  // namespace ravine
