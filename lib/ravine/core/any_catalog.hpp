#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/core/component.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// The learning rate of an optimizer that nobody tuned, and the scale on which tuning searches it
/// ("log(1e-4, 1)", or "" to leave it alone).
struct RateRange {
  double customary = 1;
  std::string_view search = "";
};

/// What a catalog says of a component, whatever kind it is.
struct CatalogRow {
  std::string name;
  std::string summary;   // one line for --help and --list
  std::string citation;  // authors, year, algorithm or equation number; lecture statement
  /// Rises whenever the same text gives other numbers; canonical texts carry it from 2 on.
  int version = 1;
  std::vector<FieldDoc> fields;
  /// Of optimizers. A row without a range has that of the first optimizer that it holds.
  RateRange learning_rate = {};
};

/// The part of a catalog that does not depend on what its rows make: names, aliases, and the
/// components in the fields of a component. Reading is thread-safe.
class RAVINE_EXPORT AnyCatalog {
 public:
  struct Alias {
    std::string name;
    Component meaning;
    std::string summary;
  };
  /// A component in a field of another: its text, given or the default, and the catalog of its
  /// kind.
  struct Held {
    const FieldDoc& field;
    std::string text;
    const AnyCatalog& catalog;
  };

  struct Place {
    const FieldDoc& field;
    std::string path;  // with the names of fields in place of their aliases
    bool given;        // rather than left to its default
  };

  virtual ~AnyCatalog() = default;
  const std::string& kind() const { return kind_; }
  const std::vector<Alias>& aliases() const { return aliases_; }
  virtual std::vector<const CatalogRow*> rows() const = 0;

  std::vector<std::string> names() const;
  /// The row of a name. Throws Error for an unknown one, listing all and the nearest.
  const CatalogRow& row(std::string_view name) const;

  /// Aliases of the component and of its fields replaced by what they stand for.
  Component expand(Component component) const;
  Component expand(std::string_view text) const { return expand(Component::parse(text)); }

  /// What the fields of an expanded component hold, in their order.
  std::vector<Held> held(const Component& component) const;
  /// The names of a text's component and of those in it, without parameters:
  /// "lookahead(inner=sgd)".
  std::string outline(std::string_view text) const;
  /// "optimizer 1", "schedule 2", ...: the versions of a text's component, then of those in it.
  std::vector<std::string> versions(std::string_view text) const;
  /// The rate of a text's component, or else of the first of its kind in it that has a range.
  RateRange learning_rate(std::string_view text) const;

  /// The field at the end of a path such as "inner.beta1", which leads into what the fields of an
  /// expanded component hold; nothing where it has no such field.
  std::optional<Place> locate(const Component& component, std::string_view path) const;
  /// The expanded component with the argument at the end of a path set to `value`. Throws Error
  /// where it has no such field.
  Component with(Component component, std::string_view path, std::string value) const;

 protected:
  explicit AnyCatalog(std::string kind) : kind_(std::move(kind)) {}
  AnyCatalog(const AnyCatalog&) = default;
  AnyCatalog& operator=(const AnyCatalog&) = default;

  void add_alias(Alias alias);
  void add_nested(std::shared_ptr<const AnyCatalog> catalog);
  /// Throws Error for a new row whose defaults hold one another for ever.
  void refuse_endless(const CatalogRow& row) const;
  /// Throws Error if a row or an alias has the name.
  void refuse_taken(std::string_view name) const;
  const AnyCatalog* find_nested(std::string_view kind) const;

 private:
  void follow_defaults(std::string_view text, std::vector<std::string>& path) const;

  std::string kind_;
  std::vector<Alias> aliases_;
  std::vector<std::shared_ptr<const AnyCatalog>> nested_;
};

}  // namespace ravine
