#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ravine/data/batches.hpp"
#include "ravine/optim/catalog.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {

/// One optimizer on one problem, step by step: what the trainer does, without its observations.
class Drive {
 public:
  Drive(const std::string& problem, const std::string& optimizer,
        const BatchSampler::Options& batches = {}, std::uint64_t seed = 0)
      : problem_(Catalogs().make_problem(problem)),
        optimizer_(optimizer_catalog().make(optimizer)),
        sampler_({problem_->train_begin(), problem_->train_end()}, batches, seed),
        session_(problem_->start(seed, problem_->train_end(), {})),
        theta_(problem_->layout().size()) {
    problem_->initialize(*initializer_catalog().make("he"), seed, theta_);
    optimizer_->reset(problem_->layout(), theta_);
  }

  /// Makes one step at this rate and returns the loss that it saw.
  double step(double learning_rate) {
    ++step_;
    session_->select(step_, sampler_.batch(step_));
    const double loss = optimizer_->step({step_, learning_rate, 0}, *session_, theta_);
    session_->project(theta_);
    session_->fold_statistics();
    return loss;
  }
  void steps(std::int64_t count, double learning_rate) {
    for (std::int64_t i = 0; i < count; ++i) step(learning_rate);
  }

  Metrics measure() { return session_->measure(theta_); }
  AlignedVector<Real>& theta() { return theta_; }
  Session& session() { return *session_; }
  Optimizer& optimizer() { return *optimizer_; }
  std::int64_t steps_per_epoch() const { return sampler_.steps_per_epoch(); }
  std::int64_t step_count() const { return step_; }

 private:
  std::shared_ptr<const Problem> problem_;
  std::unique_ptr<Optimizer> optimizer_;
  BatchSampler sampler_;
  std::unique_ptr<Session> session_;
  AlignedVector<Real> theta_;
  std::int64_t step_ = 0;
};

}  // namespace ravine
