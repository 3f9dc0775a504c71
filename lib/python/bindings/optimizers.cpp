#include <fmt/ranges.h>

#include "bindings.hpp"
#include "python_optimizer.hpp"
#include "python_problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {
namespace {

py::list describe_fields(const CatalogRow& row) {
  py::list fields;
  for (const FieldDoc& field : row.fields)
    fields.append(
        py::make_tuple(field.key, field.default_value, field.rule, field.meaning, field.search));
  return fields;
}

}  // namespace

void bind_python_objective(py::module_& module);

void bind_optimizers(py::module_& module) {
  bind_python_objective(module);
  py::class_<Catalogs, std::shared_ptr<Catalogs>>(module, "Catalogs", py::module_local(),
                                                  "The components that trials may name.")
      .def(py::init([] {
        auto catalogs = std::make_shared<Catalogs>();
        catalogs->connect();
        return catalogs;
      }))
      .def("add_optimizer",
           [](Catalogs& self, const py::object& description) {
             self.optimizers.add(python_optimizer(description));
           })
      .def("add_problem",
           [](Catalogs& self, const py::object& description) {
             self.problems.add(python_problem(description));
           })
      .def("canonical_optimizer",
           [](const Catalogs& self, const std::string& text) {
             return self.optimizers.canonical(text);
           })
      .def("canonical_problem",
           [](const Catalogs& self, const std::string& text) {
             return self.problems.canonical(text);
           })
      .def("optimizer_fields",
           [](const Catalogs& self, const std::string& text) {
             return describe_fields(self.optimizers.row(self.optimizers.expand(text).name));
           })
      .def("optimizer_names", [](const Catalogs& self) { return self.optimizers.names(); });
}

}  // namespace ravine
