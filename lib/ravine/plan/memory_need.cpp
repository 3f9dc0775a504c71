#include "ravine/plan/memory_need.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "ravine/core/memory.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/state_bytes.hpp"
#include "ravine/problems/network_problem.hpp"
#include "ravine/train/curve.hpp"
#include "ravine/train/observation.hpp"
#include "ravine/train/recording.hpp"
#include "ravine/train/snapshot.hpp"
#include "ravine/train/trainer.hpp"

namespace ravine {
namespace {

// The image of a checkpoint, which grows in HDF5, and the bytes that are sealed: measured.
constexpr double kCheckpointCopies = 3;
// Columns that grow have up to twice their size; the record and its image hold them once more.
constexpr double kRecordCopies = 4;
// Libraries, tables of the result file, a record or two: 31 to 42 MB on two machines, by the peak
// of test_estimates_bound_what_whole_runs_take.
constexpr double kProgramBytes = 40e6;

double session_bytes(const Problem& problem, std::size_t batch, bool uses_curvature,
                     Threads threads) {
  if (const auto* network = dynamic_cast<const NetworkProblem*>(&problem))
    return static_cast<double>(network->session_bytes(batch, uses_curvature, threads));
  // Functions work in double: a point, a direction, a gradient and noise.
  return 4.0 * static_cast<double>(problem.layout().parameter_count()) * sizeof(double);
}

// Numbers that an observation adds to the curve and to what is recorded beside it.
double numbers_per_observation(const Trial& trial, const Problem& problem) {
  std::vector<std::string> averages;
  for (const auto& average : named_averages(trial.averaging)) averages.push_back(average.first);
  double numbers = static_cast<double>(Curve(averages).columns().size());
  const ParameterLayout& layout = problem.layout();
  const Recording recording(trial.record, problem);
  for (const Table& table : recording.tables()) {
    const auto columns = static_cast<double>(table.columns.size());
    const auto layers =
        static_cast<double>(std::ranges::count(layout.blocks(), BlockKind::kWeight, &Block::kind));
    if (table.name == "diagnostics") numbers += layers * columns;
    if (table.name == "trajectories") numbers += columns;
    if (table.name == "landscapes") numbers += static_cast<double>(layout.size());
  }
  return numbers;
}

double record_bytes(const Trial& trial, const Problem& problem, std::size_t examples,
                    std::size_t batch) {
  const auto per_epoch =
      static_cast<std::int64_t>(trial.keep_last ? (examples + batch - 1) / batch
                                                : std::max<std::size_t>(1, examples / batch));
  const std::int64_t steps = trial.epochs > 0 ? trial.epochs * per_epoch : trial.steps;
  const auto rows = static_cast<double>(observation_steps(trial.observe, steps, per_epoch).size());
  return kRecordCopies * rows * numbers_per_observation(trial, problem) * sizeof(double) +
         static_cast<double>(examples * sizeof(std::int32_t));
}

double data_bytes(const Problem& problem) {
  const auto* network = dynamic_cast<const NetworkProblem*>(&problem);
  return network ? static_cast<double>(network->data_bytes()) : 0;
}

}  // namespace

double MemoryNeed::total() const {
  const double trials = std::accumulate(workers.begin(), workers.end(), 0.0);
  return program + data + std::max(trials, checks);
}

TrialBytes trial_bytes(const Trial& trial, const Problem& problem, const Catalogs& catalogs,
                       Threads threads) {
  const std::size_t size = problem.layout().size();
  const double theta = static_cast<double>(size) * sizeof(Real);
  const std::size_t examples = problem.train_end() - problem.train_begin();
  const std::size_t batch =
      trial.batch_size == 0 ? examples : static_cast<std::size_t>(trial.batch_size);
  const auto optimizer = catalogs.optimizers.make(trial.optimizer);
  const auto* extra = dynamic_cast<const ExtraMemory*>(optimizer.get());
  double state = 0, held = 0;
  if (!extra || problem.layout().parameter_count() <= extra->most_parameters()) {
    held = extra_bytes(*optimizer, problem.layout());
    state = state_bytes(*optimizer, problem.layout());
  }
  for (const auto& [name, text] : named_averages(trial.averaging))
    state += probed_state_bytes(*catalogs.averagings.make(text), size);
  const bool uses_curvature = optimizer->needs().has(Capability::kHessianProducts) ||
                              optimizer->needs().has(Capability::kGaussNewtonProducts);
  return {session_bytes(problem, batch, uses_curvature, threads) + held + kStateCopies * state +
              kTrainerVectors * theta,
          kCheckpointCopies * (state + theta), record_bytes(trial, problem, examples, batch)};
}

MemoryNeed memory_need(const std::vector<PlannedTrial>& plan, int workers, const Catalogs& catalogs,
                       double checks_bytes, Threads threads) {
  using Kind = std::tuple<const Problem*, std::string, std::string, std::string, std::string,
                          std::int64_t, std::int64_t>;
  std::map<Kind, TrialBytes> known;
  std::set<const Problem*> problems;
  MemoryNeed need;
  need.program = kProgramBytes;
  need.checks = checks_bytes;
  std::vector<double> all;
  for (const PlannedTrial& planned : plan) {
    const Trial& trial = planned.trial;
    const Problem* const problem = planned.problem.get();
    if (problems.insert(problem).second) need.data += data_bytes(*problem);
    const auto [place, is_new] =
        known.try_emplace({problem, trial.optimizer, trial.averaging, trial.observe, trial.record,
                           trial.batch_size, planned.total_steps});
    if (is_new) place->second = trial_bytes(trial, *problem, catalogs, threads);
    const TrialBytes& bytes = place->second;
    all.push_back(bytes.training + bytes.checkpoint + bytes.record);
    need.largest_trial = std::max(need.largest_trial, place->second.training);
  }
  std::sort(all.begin(), all.end(), std::greater<>());
  all.resize(std::min(all.size(), static_cast<std::size_t>(std::max(workers, 1))));
  need.workers = std::move(all);
  return need;
}

MemoryLimit memory_limit(double granted_bytes) {
  if (granted_bytes > 0) return {granted_bytes, "granted by --mem"};
  return available_memory();
}

void check_memory(const std::vector<PlannedTrial>& plan, int workers, double granted_bytes,
                  const Catalogs& catalogs, double checks_bytes, Threads threads) {
  const MemoryNeed need = memory_need(plan, workers, catalogs, checks_bytes, threads);
  const MemoryLimit limit = memory_limit(granted_bytes);
  if (need.total() <= limit.bytes) return;
  if (need.program + need.data + need.checks > limit.bytes)
    fail(
        "the exact checks of this suite need about {} of memory, but {} are {}: run it where there "
        "is more, or state the available memory with --mem",
        format_memory(need.program + need.data + need.checks), format_memory(limit.bytes),
        limit.source);
  double rest = limit.bytes - need.program - need.data;
  std::size_t fit = 0;
  while (fit < need.workers.size() && need.workers[fit] <= rest) rest -= need.workers[fit++];
  const std::string remedy =
      fit > 0 ? fmt::format("use --workers {}", fit) : "use a smaller problem or --batch-size";
  fail(
      "the plan needs about {} of memory, {} for the data and {} for the largest trial of {} {}, "
      "but {} are {}: {}, or state the available memory with --mem",
      format_memory(need.total()), format_memory(need.data), format_memory(need.workers.front()),
      need.workers.size(), need.workers.size() == 1 ? "worker" : "workers",
      format_memory(limit.bytes), limit.source, remedy);
}

}  // namespace ravine
