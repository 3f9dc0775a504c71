#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "bindings.hpp"
#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// The fields of a Python class, for the visitors of core/component.
struct PythonFields {
  struct Field {
    std::string name, rule, meaning, search;
    std::variant<double, std::int64_t, bool, std::string> value;
  };
  std::vector<Field> all;

  template <class F>
  void fields(F&& field) {
    for (Field& one : all)
      std::visit(
          [&](auto& value) {
            field(FieldKey(one.name.c_str()), value, std::string_view(one.rule),
                  std::string_view(one.meaning), std::string_view(one.search));
          },
          one.value);
  }
};

/// The catalog row of an optimizer that is written in Python. `description` is what
/// ravine/training/declaration.py makes of a class.
CatalogEntry<Optimizer> python_optimizer(const py::object& description);

}  // namespace ravine
