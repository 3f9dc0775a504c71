// Whole training steps: batch, gradient and update, as the trainer makes them.

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "networks.hpp"
#include "ravine/train/trainer.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

struct StepRow {
  const NetworkShapeRow& network;
  std::string optimizer;
  bool batch_norm;
  int threads;
  double target;  // 0: none
};

// The products, and what the update moves beside the gradient's own pass: SGD can fold its update
// into the gradient's product, Adam has to move seven vectors.
Work step_work(const StepRow& row, const Problem& problem) {
  Work work{.flops = problem.flops_per_example() * static_cast<double>(row.network.batch),
            .threads = row.threads};
  if (row.optimizer == "adam") {
    const std::size_t bytes = problem.layout().size() * sizeof(Real);
    work.bytes = 7 * static_cast<double>(bytes);
    work.working_set_bytes = 4 * bytes;
  }
  return work;
}

void time_steps(benchmark::State& state, const Limits& limits, const StepRow& row) {
  const auto placement = row.batch_norm ? BatchNormPlacement::kHidden : BatchNormPlacement::kOff;
  const auto problem = make_network(row.network, placement);
  Trial trial;
  trial.optimizer = row.optimizer;
  trial.learning_rate = row.optimizer == "adam" ? 1e-4 : 1e-2;
  trial.batch_size = static_cast<std::int64_t>(row.network.batch);
  trial.steps = std::int64_t{1} << 40;
  trial.observe = "even(count=1)";
  Trainer trainer(trial, *problem, Catalogs(), {row.threads});
  // The trainer asks before every step whether to go on.
  if (trainer.run([&] { return !state.KeepRunning(); }))
    return state.SkipWithError(trainer.message().c_str());
  report(state, limits, step_work(row, *problem));
  if (row.target > 0) set_target(state, row.target);
}

void add_step(const Limits& limits, const StepRow& row) {
  const std::string name = fmt::format("step/{}/{}{}/threads:{}", row.network.name, row.optimizer,
                                       row.batch_norm ? "+batch_norm" : "", row.threads);
  const auto run = [=, &limits](benchmark::State& state) { time_steps(state, limits, row); };
  row.threads == 1 ? add_row(name, run) : add_wall_row(name, run);
}

}  // namespace

void add_steps(const Limits& limits) {
  const NetworkShapeRow &wide = networks()[0], &small = networks()[1], &tiny = networks()[2];
  const std::vector<StepRow> rows = {
      {wide, "sgd", false, 1, 0.80}, {wide, "adam", false, 1, 0.80}, {wide, "sgd", false, 2, 0},
      {wide, "adam", false, 2, 0},   {wide, "adam", true, 1, 0},     {small, "sgd", false, 1, 0.68},
      {small, "adam", false, 1, 0},  {small, "adam", true, 1, 0},    {small, "sgd", false, 2, 0},
      {tiny, "sgd", false, 1, 0},    {tiny, "adam", false, 1, 0},
  };
  for (const StepRow& row : rows) add_step(limits, row);
}

}  // namespace ravine::kernels
