#include "ravine/run/scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "ravine/core/environment.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/train/checkpoint.hpp"
#include "ravine/train/trainer.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

void add_result(TrialRecord& record, Outcome outcome, const std::string& message,
                const Trainer* trainer) {
  const EvaluationCounts counts = trainer ? trainer->counts() : EvaluationCounts{};
  const auto count = [&](const char* name, std::int64_t value, const char* unit) {
    record.cells.push_back({name, value, unit, false});
  };
  record.cells.push_back({"outcome", std::string(outcome_name(outcome)), "", false});
  record.cells.push_back({"message", message, "", false});
  count("steps", trainer ? trainer->step() : 0, "updates");
  count("gradient_evaluations", counts.gradients, "evaluations");
  count("loss_evaluations", counts.losses, "evaluations");
  count("curvature_products", counts.curvature_products, "products");
  record.cells.push_back({"train_seconds", trainer ? trainer->train_seconds() : 0.0, "s", true});
  const std::size_t bytes = trainer ? trainer->workspace_bytes() : 0;
  record.cells.push_back({"workspace_bytes", static_cast<std::int64_t>(bytes), "bytes", true});
}

fs::path checkpoint_of(const PlannedTrial& planned, const RunOptions& options) {
  return options.checkpoints / (planned.id + ".checkpoint");
}

// A trainer that stands where its checkpoint left off, or at the start.
std::unique_ptr<Trainer> start(const PlannedTrial& planned, const Catalogs& catalogs,
                               const RunOptions& options, Threads threads) {
  const auto make = [&] {
    return std::make_unique<Trainer>(planned.trial, *planned.problem, catalogs, threads);
  };
  auto trainer = make();
  if (options.checkpoints.empty()) return trainer;
  const fs::path path = checkpoint_of(planned, options);
  const auto warn = [&](const std::string& sentence) {
    if (options.warn) options.warn(sentence + ", the trial starts anew");
  };
  try {
    if (load_checkpoint(path, *trainer, planned.spec) == Loaded::kOtherBuild)
      warn(fmt::format("{} comes from another build", path.string()));
  } catch (const Error& error) {
    if (is_environment(error)) throw;
    const fs::path aside = set_aside(path);
    warn(fmt::format("{}: set aside as {}", error.what(), aside.filename().string()));
    trainer = make();
  }
  return trainer;
}

// Trains to the end, or until `stop`, leaving checkpoints on the way.
bool train(Trainer& trainer, const PlannedTrial& planned, const RunOptions& options,
           const std::atomic<bool>& stop, const std::function<void(std::int64_t)>& report) {
  using Clock = std::chrono::steady_clock;
  const bool keeps = !options.checkpoints.empty();
  const std::chrono::duration<double> every(options.checkpoint_every_seconds);
  if (trainer.step() > 0) report(trainer.step());
  for (;;) {
    const auto begin = Clock::now();
    // At least one step lies between two checkpoints, however short their interval is.
    const auto due = [&, from = trainer.step()] {
      return keeps && trainer.step() > from && Clock::now() - begin > every;
    };
    if (trainer.run([&] { return stop || due(); }, report)) break;
    if (keeps && trainer.step() > 0) {
      if (options.before_writing) options.before_writing();
      save_checkpoint(checkpoint_of(planned, options), trainer, planned.spec);
    }
    if (stop) return false;
  }
  return true;
}

// Throws std::system_error unless the system grants so many threads at once: OpenMP does not ask,
// it ends the program with exit code 1.
void expect_threads(std::size_t count) {
  std::latch all_started(1);
  std::vector<std::jthread> team;
  try {
    while (team.size() < count) team.emplace_back([&] { all_started.wait(); });
  } catch (...) {
    all_started.count_down();
    throw;
  }
  all_started.count_down();
}

}  // namespace

bool run_trial(const PlannedTrial& planned, const Catalogs& catalogs, const RunOptions& options,
               const std::atomic<bool>& stop, Progress& progress, TrialRecord& record) {
  TrialRecord result{planned.id, planned.spec, build_id(), describe(planned, catalogs), {}};
  std::unique_ptr<Trainer> trainer;
  double reported = 0;
  const auto report = [&](std::int64_t step) {
    const double done =
        planned.gigaflops * static_cast<double>(step) / static_cast<double>(planned.total_steps);
    progress.gigaflops_done += done - reported;
    reported = done;
  };
  Outcome outcome = Outcome::kFailed;
  std::string message;
  const Interrupt interrupt(stop);
  ++progress.running;
  try {
    trainer = start(planned, catalogs, options, {options.threads.count, &interrupt});
    if (!train(*trainer, planned, options, stop, report)) {
      --progress.running;
      return false;
    }
    outcome = trainer->outcome();
    message = trainer->message();
  } catch (const Interrupted&) {
    --progress.running;
    return false;  // it had not even started
  } catch (const std::exception& error) {
    if (is_environment(error)) {
      --progress.running;
      throw;  // it says nothing of the trial, which stays unfinished
    }
    message = error.what();
  }
  --progress.running;
  report(planned.total_steps);  // nothing of it is left to do
  ++progress.done;
  if (outcome == Outcome::kDiverged) ++progress.diverged;
  if (outcome == Outcome::kFailed) ++progress.failed;
  add_result(result, outcome, message, trainer.get());
  result.curve =
      trainer ? trainer->curve().columns() : Curve({}, planned.problem->loss_units()).columns();
  if (trainer) result.tables = trainer->tables();
  record = std::move(result);
  return true;
}

void run_trials(const std::vector<const PlannedTrial*>& trials, const Catalogs& catalogs,
                const RunOptions& options, std::atomic<bool>& stop, Progress& progress,
                const std::function<void(const TrialRecord&)>& finished) {
  std::vector<const PlannedTrial*> queue = trials;
  std::stable_sort(queue.begin(), queue.end(),
                   [](const auto* a, const auto* b) { return a->gigaflops > b->gigaflops; });
  const auto workers = std::min(static_cast<std::size_t>(options.workers), queue.size());
  if (options.threads.count > 1)
    expect_threads(workers * static_cast<std::size_t>(options.threads.count));
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr error;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < queue.size() && !stop; i = next++) {
        TrialRecord record;
        if (!run_trial(*queue[i], catalogs, options, stop, progress, record)) return;
        const std::lock_guard lock(mutex);
        finished(record);
        if (!options.checkpoints.empty())
          remove_file(options.checkpoints / (record.id + ".checkpoint"));
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
      stop = true;
    }
  };
  {
    std::vector<std::jthread> team;
    try {
      while (team.size() < workers) team.emplace_back(work);
    } catch (...) {
      stop = true;  // those that could be started store where they are
      throw;
    }
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace ravine
