#include <fmt/ranges.h>

#include <algorithm>

#include "bindings.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/core/interrupt.hpp"
#include "ravine/core/text.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {

void fail_in_python(const std::string& who, py::error_already_set& error) {
  if (error.matches(PyExc_KeyboardInterrupt)) throw Interrupted();
  const std::string text = py::str(error.value());
  const bool is_ours = error.matches(py::module_::import("ravine.errors").attr("Misuse"));
  std::string sentence = who;
  if (!is_ours)
    sentence += fmt::format(" raised {}", std::string(py::str(error.type().attr("__name__"))));
  if (!text.empty()) sentence += ": " + text;
  throw PythonError(sentence, {new py::error_already_set(error), [](py::error_already_set* last) {
                                 const py::gil_scoped_acquire gil;
                                 delete last;
                               }});
}

std::shared_ptr<py::object> shared_object(py::object object) {
  return {new py::object(std::move(object)), [](py::object* last) {
            const py::gil_scoped_acquire gil;
            delete last;
          }};
}

py::array_t<Real> new_vector(std::size_t size) {
  auto* const memory = new AlignedVector<Real>(size, Real{0});
  const py::capsule owner(memory,
                          [](void* last) { delete static_cast<AlignedVector<Real>*>(last); });
  return py::array_t<Real>(static_cast<py::ssize_t>(size), memory->data(), owner);
}

namespace {

void expect_vector(const py::array& array, std::size_t size, const char* what) {
  if (!py::isinstance<py::array_t<Real, py::array::c_style>>(array))
    fail(
        "{} is not a contiguous array of {}: convert it with numpy.ascontiguousarray({}, "
        "dtype=\"{}\")",
        what, py::str(py::dtype::of<Real>()).cast<std::string>(), what,
        py::str(py::dtype::of<Real>()).cast<std::string>());
  if (static_cast<std::size_t>(array.size()) != size)
    fail("{} has {} numbers, but the problem has {}: keep its shape", what, array.size(), size);
}

template <class T>
T field_value(const char* name, const py::handle& value) {
  try {
    return value.cast<T>();
  } catch (const py::cast_error&) {
    fail("{} is {}: give {}", name, py::repr(value).cast<std::string>(),
         std::is_same_v<T, std::string> ? "a text"
         : std::is_same_v<T, bool>      ? "True or False"
         : std::is_same_v<T, double>    ? "a number"
                                        : "a whole number");
  }
}

}  // namespace

std::span<const Real> numbers(const py::array& array, std::size_t size, const char* what) {
  expect_vector(array, size, what);
  return {static_cast<const Real*>(array.data()), size};
}

std::span<Real> writable_numbers(py::array& array, std::size_t size, const char* what) {
  expect_vector(array, size, what);
  if (!array.writeable()) fail("{} is read-only: give a copy of it", what);
  return {static_cast<Real*>(array.mutable_data()), size};
}

py::list blocks_of(const ParameterLayout& layout) {
  py::list blocks;
  constexpr const char* kNames[] = {"weight", "kernel", "output", "embedding", "bias", "gain"};
  for (const Block& block : layout.blocks())
    blocks.append(py::make_tuple(block.name, kNames[static_cast<int>(block.kind)], block.offset,
                                 block.rows, block.cols));
  return blocks;
}

PlannedTrial plan_trial(const py::dict& fields, const std::string& data_directory,
                        const Catalogs& catalogs) {
  Grid grid;
  grid.seed = {0};
  std::vector<std::string> known;
  std::size_t used = 0;
  static_cast<TrialLists&>(grid).each(
      [&](const char* name, auto& list, const char*, const char*, const FieldUse&) {
        known.emplace_back(name);
        if (!fields.contains(name)) return;
        using T = typename std::remove_cvref_t<decltype(list)>::value_type;
        ++used;
        list = {field_value<T>(name, fields[name])};
      });
  if (used < fields.size())
    for (const auto& [key, value] : fields) {
      const auto name = key.cast<std::string>();
      if (std::find(known.begin(), known.end(), name) == known.end())
        fail("a trial has no field '{}'{}: choose one of {}", name, did_you_mean(name, known),
             fmt::join(known, ", "));
    }
  const std::string optimizer = grid.optimizer.empty() ? "sgd" : grid.optimizer.front();
  grid.optimizers = {
      {optimizer, grid.learning_rate.empty()
                      ? std::vector<double>{catalogs.optimizers.learning_rate(optimizer).customary}
                      : grid.learning_rate}};
  grid.optimizer.clear();
  grid.learning_rate.clear();
  // What it says itself takes the place of a budget of the problem's own.
  if (!grid.steps.empty() && grid.epochs.empty()) grid.epochs = {0};
  if (!grid.epochs.empty() && grid.steps.empty()) grid.steps = {0};
  if (grid.problem.empty()) fail("a trial needs a problem, such as \"mlp(data=glyphs)\"");
  Planner planner(data_directory, catalogs);
  return make_plan({grid}, planner).front();
}

}  // namespace ravine

PYBIND11_MODULE(RAVINE_ENGINE, module) {
  using namespace ravine;
  module.doc() = "ravine's engine in one precision; use the package ravine.";
  module.attr("precision") = std::string(kPrecision);
  module.attr("build_id") = build_id();
  // Never freed: the interpreter ends before the library does.
  static const auto* const misuse =
      new py::object(py::module_::import("ravine.errors").attr("Misuse"));
  py::register_local_exception_translator([](std::exception_ptr pointer) {
    try {
      std::rethrow_exception(pointer);
    } catch (PythonError& error) {
      error.error->restore();
    } catch (const IoError& error) {
      PyErr_SetString(PyExc_OSError, error.what());
    } catch (const Error& error) {
      PyErr_SetString(misuse->ptr(), error.what());
    }
  });
  bind_problems(module);
  bind_optimizers(module);
  bind_trials(module);
  bind_programs(module);
}
