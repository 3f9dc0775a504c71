#pragma once

#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "bindings.hpp"
#include "ravine/core/component.hpp"

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

  /// Rows (name, default, rule, meaning, search); the GIL is held.
  static PythonFields declared(const py::object& rows) {
    PythonFields fields;
    for (const py::handle row : rows) {
      auto [name, value, rule, meaning, search] =
          row.cast<std::tuple<std::string, py::object, std::string, std::string, std::string>>();
      Field field{name, rule, meaning, search, {}};
      if (py::isinstance<py::bool_>(value))
        field.value = value.cast<bool>();
      else if (py::isinstance<py::int_>(value))
        field.value = value.cast<std::int64_t>();
      else if (py::isinstance<py::float_>(value))
        field.value = value.cast<double>();
      else
        field.value = value.cast<std::string>();
      fields.all.push_back(std::move(field));
    }
    return fields;
  }

  /// The values by their names; the GIL is held.
  py::dict values() const {
    py::dict named;
    for (const Field& field : all)
      std::visit([&](const auto& value) { named[field.name.c_str()] = value; }, field.value);
    return named;
  }
};

}  // namespace ravine
