#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>

#include "bindings.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/core/interrupt.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/checkpoint.hpp"
#include "ravine/train/trainer.hpp"

namespace ravine {
namespace {

/// Looks now and then whether Python got a signal: each look takes the GIL.
class SignalWatch {
 public:
  bool interrupted() {
    constexpr std::chrono::milliseconds kEvery{50};
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < kEvery) return false;
    last_ = now;
    const py::gil_scoped_acquire gil;
    if (PyErr_CheckSignals() == 0) return false;
    PyErr_Clear();  // the caller raises it anew, with what is done so far
    return true;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

py::dict columns_of(const std::vector<Column>& columns) {
  py::dict named;
  for (const Column& column : columns) {
    py::array_t<double> values(static_cast<py::ssize_t>(column.values.size()));
    std::ranges::copy(column.values, values.mutable_data());
    named[column.name.c_str()] = py::make_tuple(column.unit, column.integer, values);
  }
  return named;
}

py::dict answer_of(const Trainer& trainer, const PlannedTrial& planned, bool finished) {
  py::dict answer;
  answer["finished"] = finished;
  answer["id"] = planned.id;
  answer["spec"] = planned.spec;
  answer["build_id"] = build_id();
  answer["outcome"] = std::string(finished ? outcome_name(trainer.outcome()) : "stopped");
  answer["message"] = trainer.message();
  answer["steps"] = trainer.step();
  answer["total_steps"] = trainer.total_steps();
  answer["train_seconds"] = trainer.train_seconds();
  answer["curve"] = columns_of(trainer.curve().columns());
  py::dict tables;
  for (const Table& table : trainer.tables())
    tables[table.name.c_str()] = columns_of(table.columns);
  answer["tables"] = tables;
  py::array_t<Real> theta = new_vector(trainer.theta().size());
  std::ranges::copy(trainer.theta(), theta.mutable_data());
  answer["theta"] = theta;
  answer["blocks"] = blocks_of(planned.problem->layout());
  return answer;
}

/// Trains one trial with the trainer of the suites, from `checkpoint` if there is one; stopped by
/// Ctrl-C it leaves a checkpoint there. `observed` gets the step of each observation.
py::dict train_trial(const Catalogs& catalogs, const py::dict& fields,
                     const std::string& data_directory, int threads, const std::string& checkpoint,
                     const py::object& observed) {
  const PlannedTrial planned = plan_trial(fields, data_directory, catalogs);
  const std::atomic<bool> stop = false;
  const Interrupt interrupt(stop);  // lets the trainer undo a step that Ctrl-C ends half-way
  Trainer trainer(planned.trial, *planned.problem, catalogs, {threads, &interrupt});
  if (!checkpoint.empty() &&
      load_checkpoint(checkpoint, trainer, planned.spec) == Loaded::kOtherBuild)
    fail("{} comes from another build of ravine: remove it to start the trial anew", checkpoint);
  SignalWatch watch;
  bool finished = false;
  {
    const py::gil_scoped_release others;
    std::function<void(std::int64_t)> tell;
    if (!observed.is_none())
      tell = [&](std::int64_t step) {
        const py::gil_scoped_acquire gil;
        try {
          py::dict row;
          for (const Column& column : trainer.curve().columns())
            row[column.name.c_str()] = column.values.back();
          observed(step, row);
        } catch (py::error_already_set& error) {
          fail_in_python("the callback", error);
        }
      };
    finished = trainer.run([&] { return watch.interrupted(); }, tell);
    if (!checkpoint.empty()) {
      if (finished)
        std::filesystem::remove(checkpoint);
      else
        save_checkpoint(checkpoint, trainer, planned.spec);
    }
  }
  return answer_of(trainer, planned, finished);
}

}  // namespace

void bind_trials(py::module_& module) {
  module.def("train", &train_trial);
  module.def("plan", [](const Catalogs& catalogs, const py::dict& fields,
                        const std::string& data_directory) {
    const PlannedTrial planned = plan_trial(fields, data_directory, catalogs);
    return py::make_tuple(planned.id, planned.spec);
  });
}

}  // namespace ravine
