#include "bindings.hpp"
#include "python_optimizer.hpp"
#include "python_problem.hpp"
#include "ravine/cli/suite_main.hpp"
#include "ravine/plan/choices.hpp"
#include "ravine/results/merge.hpp"
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

/// The suite's grids with these optimizers beside its own, at rates as apply() chooses them.
std::vector<Grid> with_own(std::vector<Grid> grids, const std::vector<std::string>& own,
                           const Catalogs& catalogs) {
  TrialLists choice;
  choice.optimizer = own;
  for (Grid& grid : grids) {
    if (grid.optimizers.size() < 2) continue;  // it compares something else
    const Grid mine = apply(choice, {grid}, catalogs.optimizers).front();
    grid.optimizers.insert(grid.optimizers.end(), mine.optimizers.begin(), mine.optimizers.end());
  }
  return grids;
}

/// The command line of a suite, whose catalogs have these optimizers and problems, too, and whose
/// grids those of `beside`. Returns the exit code.
int run_suite(const std::string& name, std::vector<std::string> arguments,
              const py::list& optimizers, const py::list& problems,
              const std::vector<std::string>& beside) {
  Suite suite = suite_named(name);
  for (const py::handle one : optimizers)
    suite.catalogs.optimizers.add(python_optimizer(py::reinterpret_borrow<py::object>(one)));
  for (const py::handle one : problems)
    suite.catalogs.problems.add(python_problem(py::reinterpret_borrow<py::object>(one)));
  if (!beside.empty()) {
    Catalogs catalogs = suite.catalogs;
    catalogs.connect();
    suite.grids = [grids = suite.grids, beside, catalogs](Scale scale) {
      return with_own(grids(scale), beside, catalogs);
    };
  }
  arguments.insert(arguments.begin(), "ravine-" + name);
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  const py::gil_scoped_release others;
  return suite_main(static_cast<int>(arguments.size()), argv.data(), suite);
}

}  // namespace

void bind_programs(py::module_& module) {
  module.def("suite_main", &run_suite);
  module.def("merge", [](const std::string& output, const std::vector<std::string>& inputs) {
    const py::gil_scoped_release others;
    const MergeReport report = merge_results(output, {inputs.begin(), inputs.end()});
    if (!report.missing.empty())
      fail("{} lacks {} trials of its plan: run the same command again", output,
           report.missing.size());
  });
}

}  // namespace ravine
