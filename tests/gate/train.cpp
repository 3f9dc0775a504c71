// Trains five small configurations, or those of them in which one mistake acts, into a result file:
//
//   gate_train OUTPUT.h5 none|rounding|correction|sigma|momentum|sampler|sorted|schedule SEEDS
//
// A mistake is code, so it changes nothing in what identifies a trial: the gate meets the same
// trials from another build.

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "gate/components.hpp"
#include "ravine/core/cores.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/core/random.hpp"
#include "ravine/data/data_catalog.hpp"
#include "ravine/optim/elementwise.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/run/scheduler.hpp"

namespace ravine {
namespace {

constexpr std::int64_t kExamples = 320;

// The training examples as they lie in memory, or as a file sorted by class would have them.
std::vector<std::int32_t> file_order(const Problem& problem, bool sorted) {
  std::vector<std::int32_t> order(problem.train_end() - problem.train_begin());
  std::iota(order.begin(), order.end(), static_cast<std::int32_t>(problem.train_begin()));
  if (!sorted) return order;
  const auto data = data_catalog().load({.name = "glyphs", .train = kExamples});
  const auto label = [&](std::int32_t i) { return data->labels[static_cast<std::size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return label(a) < label(b); });
  return order;
}

// A problem whose sessions, or whose initial point, have a mistake.
class Spoilt final : public Problem {
 public:
  Spoilt(std::shared_ptr<const Problem> inner, std::string defect)
      : inner_(std::move(inner)), defect_(std::move(defect)) {}
  const ParameterLayout& layout() const override { return inner_->layout(); }
  std::size_t train_begin() const override { return inner_->train_begin(); }
  std::size_t train_end() const override { return inner_->train_end(); }
  std::size_t least_batch() const override { return inner_->least_batch(); }
  Capabilities offers() const override { return inner_->offers(); }
  double flops_per_example() const override { return inner_->flops_per_example(); }
  void initialize(const Initializer& initializer, std::uint64_t seed,
                  std::span<Real> theta) const override {
    inner_->initialize(initializer, seed, theta);
    // No mistake, but what another compiler might do: weights are off by roundings.
    if (defect_ != "rounding") return;
    RandomStream random(seed, Purpose::kTest);
    for (Real& value : theta) value *= Real(1) + Real(random.below(2) == 0 ? 1e-7 : -1e-7);
  }
  std::unique_ptr<Session> start(std::uint64_t seed, std::size_t batch_size,
                                 Threads threads) const override {
    auto session = inner_->start(seed, batch_size, threads);
    if (defect_ == "sigma")
      return std::make_unique<defects::LostSigma>(*inner_, std::move(session));
    if (defect_ == "sampler" || defect_ == "sorted")
      return std::make_unique<defects::Unshuffled>(*inner_, std::move(session),
                                                   file_order(*inner_, defect_ == "sorted"));
    return session;
  }

 private:
  std::shared_ptr<const Problem> inner_;
  std::string defect_;
};

Trial trial(const char* optimizer, double learning_rate) {
  Trial made;
  made.problem = fmt::format("mlp(data=glyphs, hidden=16, activation=tanh, train={})", kExamples);
  made.optimizer = optimizer;
  made.learning_rate = learning_rate;
  made.batch_size = 16;
  made.epochs = 10;
  return made;
}

std::vector<Trial> configurations() {
  std::vector<Trial> all = {trial("sgd", 0.3), trial("momentum", 0.05), trial("adam", 0.01),
                            trial("sgd", 1), trial("sgd", 0.31)};
  all[3].batch_norm = "hidden";
  all[4].schedule = "linear";
  return all;
}

// True if the mistake acts in this trial.
bool spoil(PlannedTrial& planned, const std::string& defect) {
  Trial& trial = planned.trial;
  const auto replace = [](std::string& component, const char* with) {
    component = with;
    return true;
  };
  if (defect == "correction")
    return trial.optimizer.starts_with("adam") && replace(trial.optimizer, "adam_uncorrected");
  if (defect == "momentum")
    return trial.optimizer.starts_with("momentum") &&
           replace(trial.optimizer, "momentum(beta=0.88)");
  if (defect == "schedule")
    return trial.schedule.starts_with("linear") && replace(trial.schedule, "linear_late");
  if (defect == "sigma" && trial.batch_norm != "hidden") return false;
  if ((defect == "sampler" || defect == "sorted") && trial.learning_rate != 0.3) return false;
  planned.problem = std::make_shared<Spoilt>(planned.problem, defect);
  return true;
}

Catalogs catalogs_with_defects() {
  Catalogs catalogs;
  catalogs.optimizers.add(elementwise_entry<defects::AdamUncorrected>("", ""));
  catalogs.schedules.add(schedule_entry<defects::LinearLate>("", ""));
  return catalogs;
}

void run(const std::string& output, const std::string& defect, std::int64_t seeds) {
  const Catalogs catalogs = catalogs_with_defects();
  Planner planner("", catalogs);
  std::vector<PlannedTrial> plan;
  for (Trial one : configurations())
    for (one.seed = 0; one.seed < seeds; ++one.seed) {
      PlannedTrial planned = planner.prepare(one);
      if (defect == "none" || spoil(planned, defect)) plan.push_back(std::move(planned));
    }
  std::vector<const PlannedTrial*> pending;
  for (const PlannedTrial& planned : plan) pending.push_back(&planned);
  ResultsWriter writer(output, "gate", collect_environment());
  std::atomic<bool> stop = false;
  Progress progress;
  run_trials(pending, catalogs, {.workers = available_cores()}, stop, progress,
             [&](const TrialRecord& record) { writer.append(record); });
  writer.finish();
}

}  // namespace
}  // namespace ravine

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: {} OUTPUT.h5 DEFECT SEEDS\n", argv[0]);
    return 2;
  }
  ravine::run(argv[1], argv[2], std::stoll(argv[3]));
}
