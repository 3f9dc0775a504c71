#include "bindings.hpp"
#include "python_optimizer.hpp"
#include "ravine/cli/suite_main.hpp"
#include "ravine/suites/optimizers.hpp"

namespace ravine {
namespace {

/// A suite whose grid the flags alone decide: what `ravine.run` runs.
Suite own_suite() {
  return {.name = "own",
          .question = "Which optimizer trains these problems fastest?\n",
          .grids = [](Scale) {
            Grid grid;
            grid.problem = {"mlp(data=glyphs)"};
            grid.optimizers = {{"sgd", {0.1}}};
            return std::vector<Grid>{grid};
          }};
}

Suite suite_named(const std::string& name) {
  if (name == "own") return own_suite();
  if (name == "optimizers") return optimizers_suite();
  fail("there is no suite '{}' that takes optimizers written in Python: choose optimizers or own",
       name);
}

/// The command line of a suite, whose catalogs have these optimizers, too. Returns the exit code.
int run_suite(const std::string& name, std::vector<std::string> arguments,
              const py::list& descriptions) {
  Suite suite = suite_named(name);
  for (const py::handle description : descriptions)
    suite.catalogs.optimizers.add(
        python_optimizer(py::reinterpret_borrow<py::object>(description)));
  arguments.insert(arguments.begin(), "ravine-" + name);
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  const py::gil_scoped_release others;
  return suite_main(static_cast<int>(arguments.size()), argv.data(), suite);
}

}  // namespace

void bind_programs(py::module_& module) { module.def("suite_main", &run_suite); }

}  // namespace ravine
