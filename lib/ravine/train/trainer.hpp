#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ravine/core/clock.hpp"
#include "ravine/core/parallel.hpp"
#include "ravine/core/real.hpp"
#include "ravine/data/batches.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/averaging.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/schedule.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/curve.hpp"
#include "ravine/train/observation.hpp"
#include "ravine/train/optimizer_record.hpp"
#include "ravine/train/recording.hpp"
#include "ravine/train/snapshot.hpp"
#include "ravine/train/trial.hpp"

namespace ravine {

/// "ema(decay=0.9), ema(decay=0.99)" gives {"ema", ...}, {"ema2", ...}: the averages of a trial by
/// the names of their columns.
RAVINE_EXPORT std::vector<std::pair<std::string, std::string>> named_averages(
    const std::string& averaging);

/// What a trial holds in vectors as long as theta: theta, what it was at the last observation and
/// at the last step boundary, a gradient and a point of the optimizer; and its states, which are
/// kept once more as they were at that boundary.
inline constexpr std::size_t kTrainerVectors = 5, kStateCopies = 2;

/// Trains one trial: the only training loop of the project.
///
/// Only batch selection, gradient evaluation and update are on the training clock. A trial diverges
/// when its mini-batch loss, or its objective at an observation, is not finite or exceeds
/// Trial::divergence times the size |L_0| of the objective at step 0 (1 where L_0 = 0, which has no
/// size); that observation is stored. A loss that starts below 0 may therefore become positive, and
/// one that falls without bound diverges only when it is not finite any more. A method that says
/// that it can do no more (it has converged, or its line search is stuck) completes the trial
/// early, with its message. One object belongs to one thread.
///
/// If `threads` carries an interrupt, a step or an observation that it ends half-way is undone: the
/// trainer is then back at the last step boundary, or, among steps that take less than kCopyShare
/// times a copy of the state, at one at most that much older.
class RAVINE_EXPORT Trainer {
 public:
  static constexpr double kCopyShare = 100;

  /// `trial` is canonical. Throws Error where its parts do not fit each other.
  Trainer(const Trial& trial, const Problem& problem, const Catalogs& catalogs,
          Threads threads = {});

  /// Trains to the end of the budget, to the target or to divergence; asks before every step
  /// whether it is interrupted. Returns false if it was; another call continues. After a step that
  /// was abandoned half-way only a checkpoint may continue. `observed` hears of every observation.
  bool run(const std::function<bool()>& interrupted,
           const std::function<void(std::int64_t step)>& observed = {});

  /// Everything that run() needs to go on with the same bits, read or written between two steps.
  void visit_state(StateVisitor& visitor);

  Outcome outcome() const { return outcome_; }
  const std::string& message() const { return message_; }
  const Curve& curve() const { return curve_; }
  /// What the trial asked to record beside the curve.
  const std::vector<Table>& tables() const { return recording_.tables(); }
  std::int64_t step() const { return step_; }
  std::int64_t total_steps() const { return total_steps_; }
  std::span<const Real> theta() const { return theta_; }
  const EvaluationCounts& counts() const { return session_->counts(); }
  double train_seconds() const { return clock_.seconds(); }
  /// Bytes of its vectors, states and session as they are now.
  std::size_t workspace_bytes() const;

 private:
  struct Average {
    std::string name;
    std::unique_ptr<Averaging> averaging;
  };

  bool train(const std::function<bool()>& interrupted,
             const std::function<void(std::int64_t step)>& observed);
  void keep_boundary();
  void return_to_boundary();
  void observe(double learning_rate);
  void check_position() const;
  bool diverged(double loss) const;
  void end(Outcome outcome, std::string message = "");

  const Trial trial_;
  const Threads threads_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<Schedule> schedule_;
  const double divergence_factor_;
  std::vector<Average> averages_;
  BatchSampler sampler_;
  const ParameterLayout layout_;
  std::unique_ptr<Session> session_;
  std::int64_t total_steps_ = 0;
  std::vector<std::int64_t> due_;  // observation steps
  std::int64_t next_due_ = 0;

  AlignedVector<Real> theta_, previous_;
  Curve curve_;
  Recording recording_;
  OptimizerRecord optimizer_record_;
  Stopwatch clock_, since_boundary_;
  Snapshot boundary_;
  double boundary_seconds_ = 0;  // of work until the next copy
  std::int64_t step_ = 0;
  double first_objective_ = 0;
  bool finished_ = false;
  Outcome outcome_ = Outcome::kCompleted;
  std::string message_;
};

}  // namespace ravine
