#include "ravine/train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/extra_memory.hpp"

namespace ravine {
namespace {

Outcome outcome_of(Ending::Kind kind) {
  if (kind == Ending::Kind::kConverged) return Outcome::kCompleted;
  return kind == Ending::Kind::kStuck ? Outcome::kStuck : Outcome::kDiverged;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> named_averages(const std::string& averaging) {
  std::vector<std::pair<std::string, std::string>> named;
  if (averaging == "none") return named;
  for (const std::string& text : split_outside_parentheses(averaging, ',')) {
    const std::string name = Component::parse(text).name;
    int same = 1;
    for (const auto& earlier : named) same += Component::parse(earlier.second).name == name;
    named.emplace_back(same == 1 ? name : fmt::format("{}{}", name, same), text);
  }
  return named;
}

Trainer::Trainer(const Trial& trial, const Problem& problem, const Catalogs& catalogs,
                 Threads threads)
    : trial_(trial),
      threads_(threads),
      optimizer_(catalogs.optimizers.make(trial.optimizer)),
      schedule_(catalogs.schedules.make(trial.schedule)),
      divergence_factor_(divergence_factor(trial.divergence)),
      sampler_({problem.train_begin(), problem.train_end()}, sampling(trial, problem),
               static_cast<std::uint64_t>(trial.seed)),
      layout_(problem.layout()) {
  const std::size_t examples = problem.train_end() - problem.train_begin();
  const std::size_t batch =
      trial.batch_size == 0 ? examples : static_cast<std::size_t>(trial.batch_size);
  const auto seed = static_cast<std::uint64_t>(trial.seed);
  session_ = problem.start(seed, batch, threads);
  total_steps_ = trial.epochs > 0 ? trial.epochs * sampler_.steps_per_epoch() : trial.steps;
  due_ = observation_steps(trial.observe, total_steps_, sampler_.steps_per_epoch());

  theta_.resize(problem.layout().size());
  previous_.resize(theta_.size());
  problem.initialize(*catalogs.initializers.make(trial.initializer), seed, theta_);
  optimizer_->reset(problem.layout(), theta_, threads);
  std::vector<std::string> names;
  for (const auto& [name, text] : named_averages(trial.averaging)) {
    averages_.push_back({name, catalogs.averagings.make(text)});
    averages_.back().averaging->reset(problem.layout());
    names.push_back(name);
  }
  if (records_optimizer(trial.record))
    optimizer_record_ = OptimizerRecord(*optimizer_, problem.layout());
  curve_ = Curve(names, problem.loss_units(), optimizer_record_.columns());
  recording_ = Recording(trial.record, problem);
}

bool Trainer::run(const std::function<bool()>& interrupted,
                  const std::function<void(std::int64_t)>& observed) {
  keep_boundary();
  try {
    return train(interrupted, observed);
  } catch (const Interrupted&) {
    return_to_boundary();
    return false;
  }
}

bool Trainer::train(const std::function<bool()>& interrupted,
                    const std::function<void(std::int64_t)>& observed) {
  if (curve_.size() == 0) observe(Metrics::kNone);
  while (!finished_) {
    if (interrupted()) return false;
    if (threads_.interrupt && since_boundary_.seconds() > boundary_seconds_) keep_boundary();
    ++step_;
    const bool due = due_[static_cast<std::size_t>(next_due_)] == step_;
    if (due) previous_ = theta_;

    clock_.start();
    const StepInfo info{step_, trial_.learning_rate * schedule_->value(step_, total_steps_),
                        total_steps_};
    session_->select(step_, sampler_.batch(step_));
    const double loss = optimizer_->step(info, *session_, theta_);
    session_->project(theta_);
    session_->fold_statistics();
    clock_.pause();

    for (Average& average : averages_) average.averaging->update(step_, total_steps_, theta_);
    if (diverged(loss))
      end(Outcome::kDiverged,
          fmt::format("the mini-batch loss of step {} is {}", step_, format_number(loss)));
    else if (const auto& ending = optimizer_->ending())
      end(outcome_of(ending->kind), fmt::format("ended at step {}: {}", step_, ending->message));
    if (!due && !finished_) continue;
    observe(info.learning_rate);
    if (observed) observed(step_);
  }
  if (outcome_ != Outcome::kDiverged) recording_.finish(*session_);
  return true;
}

// Copies take a hundredth of the time of the work between them. Without an interrupt nothing is
// ever undone.
void Trainer::keep_boundary() {
  if (!threads_.interrupt) return;
  Stopwatch copying;
  copying.start();
  boundary_.take([this](StateVisitor& visitor) { visit_state(visitor); });
  boundary_seconds_ = kCopyShare * copying.seconds();
  since_boundary_.set(0);
  since_boundary_.start();
}

void Trainer::return_to_boundary() {
  boundary_.restore([this](StateVisitor& visitor) { visit_state(visitor); });
  finished_ = false;
  outcome_ = Outcome::kCompleted;
  message_.clear();
}

void Trainer::observe(double learning_rate) {
  Observation row;
  row.step = step_;
  row.epoch = static_cast<double>(step_) / static_cast<double>(sampler_.steps_per_epoch());
  row.counts = session_->counts();
  row.train_seconds = clock_.seconds();
  row.metrics = optimizer_->answer_is_average() ? session_->measure_averaged(theta_)
                                                : session_->measure(theta_);
  row.parameter_norm = std::sqrt(squared_norm(threads_, theta_));
  row.learning_rate = learning_rate;
  if (step_ > 0) row.gradient_norm = std::sqrt(squared_norm(threads_, optimizer_->last_gradient()));
  const bool knows_previous = step_ > 0 && due_[static_cast<std::size_t>(next_due_)] == step_;
  if (knows_previous) row.update_norm = std::sqrt(squared_distance(threads_, theta_, previous_));
  row.recorded = optimizer_record_.values(
      *optimizer_, theta_,
      knows_previous ? std::span<const Real>(previous_) : std::span<const Real>(), threads_);
  for (Average& average : averages_) {
    row.averaged.emplace_back();
    if (!average.averaging->ready()) continue;
    average.averaging->value(previous_);
    row.averaged.back() = session_->measure_averaged(previous_);
  }
  curve_.append(row);
  recording_.observe(step_, row.metrics.objective, theta_, *session_);

  if (step_ == 0) first_objective_ = row.metrics.objective;
  if (due_[static_cast<std::size_t>(next_due_)] == step_) ++next_due_;
  if (finished_) return;
  if (diverged(row.metrics.objective))
    end(Outcome::kDiverged, fmt::format("the objective after step {} is {}", step_,
                                        format_number(row.metrics.objective)));
  else if (trial_.target != "none" && Target::parse(trial_.target).reached(row.metrics))
    end(Outcome::kTargetReached);
  else if (step_ == total_steps_)
    end(Outcome::kCompleted);
}

bool Trainer::diverged(double loss) const {
  const double unit = first_objective_ == 0 ? 1 : std::abs(first_objective_);
  return !std::isfinite(loss) || loss > divergence_factor_ * unit;
}

void Trainer::end(Outcome outcome, std::string message) {
  finished_ = true;
  outcome_ = outcome;
  message_ = std::move(message);
}

// A trainer that goes on must meet its next observation, and its end.
void Trainer::check_position() const {
  check_state("step", step_, finished_ ? total_steps_ : total_steps_ - 1);
  const bool unobserved = step_ == 0 && curve_.size() == 0;
  const auto passed =
      unobserved ? 0 : std::upper_bound(due_.begin(), due_.end(), step_) - due_.begin();
  if (next_due_ != passed)
    fail("the state 'next_due' is {} at step {}: it must be {}; start the trial anew", next_due_,
         step_, passed);
}

void Trainer::visit_state(StateVisitor& visitor) {
  visitor.integer("step", step_);
  visitor.integer("next_due", next_due_);
  visitor.doubles("first_objective", {&first_objective_, 1});
  EvaluationCounts counts = session_->counts();
  visitor.integer("gradients", counts.gradients);
  visitor.integer("losses", counts.losses);
  visitor.integer("curvature_products", counts.curvature_products);
  session_->set_counts(counts);
  double seconds = clock_.seconds();
  visitor.doubles("train_seconds", {&seconds, 1});
  clock_.set(seconds);

  visitor.reals("theta", theta_);
  visitor.reals("buffers", session_->buffers());
  optimizer_->visit_state(visitor);
  for (const Average& average : averages_) average.averaging->visit_state(visitor);

  auto rows = static_cast<std::int64_t>(curve_.size());
  const std::int64_t most = std::ssize(due_) + 1;  // a divergence is observed out of turn
  visitor.integer("observations", rows);
  check_state("observations", rows, most);
  for (Column& column : curve_.columns()) {
    column.values.resize(static_cast<std::size_t>(rows));
    visitor.doubles(column.name, column.values);
  }
  check_position();
  recording_.visit_state(visitor, most, theta_.size());
}

std::size_t Trainer::workspace_bytes() const {
  StateBytes state;
  optimizer_->visit_state(state);
  for (const Average& average : averages_) average.averaging->visit_state(state);
  const auto* extra = dynamic_cast<const ExtraMemory*>(optimizer_.get());
  const double held = extra ? extra->extra_bytes(layout_) : 0;
  return session_->workspace_bytes() + kStateCopies * state.bytes + static_cast<std::size_t>(held) +
         kTrainerVectors * theta_.size() * sizeof(Real);
}

}  // namespace ravine
