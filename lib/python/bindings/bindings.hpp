#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ravine/core/component.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/layout.hpp"
#include "ravine/core/real.hpp"
#include "ravine/plan/plan.hpp"

namespace ravine {

namespace py = pybind11;

/// An exception of a user's Python code: `error` is what it raised, the message one sentence about
/// it.
class PythonError : public Error {
 public:
  PythonError(const std::string& sentence, std::shared_ptr<py::error_already_set> error_)
      : Error(sentence), error(std::move(error_)) {}

  std::shared_ptr<py::error_already_set> error;
};

/// Throws PythonError with one sentence about what `who` raised, or Interrupted for Ctrl-C. The GIL
/// is held here; whoever catches it need not hold it.
[[noreturn]] void fail_in_python(const std::string& who, py::error_already_set& error);

/// Keeps a Python object for holders that do not hold the GIL when they let go of it.
std::shared_ptr<py::object> shared_object(py::object object);

/// An array of zeros as long as a parameter vector, aligned as the engine likes it; it owns its
/// memory.
py::array_t<Real> new_vector(std::size_t size);

/// The numbers of an array, without a copy. Throws Error unless it is a contiguous array of `size`
/// numbers of this precision.
std::span<const Real> numbers(const py::array& array, std::size_t size, const char* what);
std::span<Real> writable_numbers(py::array& array, std::size_t size, const char* what);

/// (name, kind, offset, rows, cols) of each block.
py::list blocks_of(const ParameterLayout& layout);

/// The trial that these fields name, a dict from the names of trial fields to their values, ready
/// to run. Throws Error for unknown fields.
PlannedTrial plan_trial(const py::dict& fields, const std::string& data_directory,
                        const Catalogs& catalogs);

void bind_optimizers(py::module_& module);
void bind_problems(py::module_& module);
void bind_programs(py::module_& module);
void bind_trials(py::module_& module);

}  // namespace ravine
