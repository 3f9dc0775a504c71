#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>

#include "ravine/problems/problem.hpp"

namespace ravine {

/// f(theta) = 1/2 (theta - 1)^2 in one dimension, from theta = 3, with 10 "examples" that only
/// count. Its answers can be written down by hand; it fails on request.
class ToyProblem final : public Problem {
 public:
  explicit ToyProblem(std::int64_t throw_at_step = -1) : throw_at_step_(throw_at_step) {
    layout_.add("theta", 1, 1, BlockKind::kWeight);
  }
  const ParameterLayout& layout() const override { return layout_; }
  std::size_t train_end() const override { return 10; }
  double flops_per_example() const override { return 4; }
  void initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const override {
    theta[0] = 3;
  }
  std::unique_ptr<Session> start(std::uint64_t, std::size_t, Threads) const override {
    return std::make_unique<ToySession>(throw_at_step_);
  }

 private:
  class ToySession final : public Session {
   public:
    explicit ToySession(std::int64_t throw_at_step) : throw_at_step_(throw_at_step) {}
    void select(std::int64_t step, std::span<const std::int32_t>) override {
      if (step == throw_at_step_) throw std::runtime_error("the toy broke");
    }
    Metrics measure(std::span<const Real> theta) override {
      Metrics metrics;
      metrics.objective = metrics.train_loss = value(theta[0]);
      return metrics;
    }

   private:
    static double value(double theta) { return 0.5 * (theta - 1) * (theta - 1); }
    double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
      if (!gradient.empty()) gradient[0] = theta[0] - 1;
      return value(theta[0]);
    }
    std::int64_t throw_at_step_;
  };

  ParameterLayout layout_;
  std::int64_t throw_at_step_;
};

}  // namespace ravine
