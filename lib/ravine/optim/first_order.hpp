#pragma once

#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// An optimizer whose step is one gradient and one update from it. Wrappers hold one and take the
/// two apart: they may change the gradient, take it elsewhere, or share it among several.
///
///   begin(info)                     schedules, as in every optimizer
///   look_ahead(info, theta, point)  where the gradient is wanted, if looks_ahead(); else at theta
///   move(info, gradient, theta)     the update
///   decay(info, block)              the factor of theta in the update theta <- c theta + ...
///   sets_theta()                    whether theta is written from the state alone
///
/// prepare() stands for reset() there: it does not make the gradient and the point, which belong to
/// whoever evaluates. All of them touch the blocks of the layout only.
class RAVINE_EXPORT FirstOrder : public Optimizer {
 public:
  Capabilities needs() const final { return {Capability::kGradient}; }
  void reset(const ParameterLayout& layout, std::span<const Real> theta, Threads threads) final {
    gradient_.assign(layout.size(), Real{0});
    if (looks_ahead()) point_.assign(layout.size(), Real{0});
    prepare(layout, theta, threads);
  }
  std::span<const Real> last_gradient() const final { return gradient_; }

  virtual void prepare(const ParameterLayout& layout, std::span<const Real> theta,
                       Threads threads) = 0;
  virtual bool looks_ahead() const { return false; }
  virtual void look_ahead(const StepInfo&, std::span<const Real>, std::span<Real>) {}
  virtual void move(const StepInfo& info, std::span<const Real> gradient,
                    std::span<Real> theta) = 0;
  /// 1 - eps lambda where weights decay first; wrappers tell the decay from the step by it.
  virtual double decay(const StepInfo&, const Block&) const { return 1; }
  /// Then what a wrapper does to theta between two updates is lost or changes the rule: iterates
  /// live elsewhere (averages, dual averaging), and wrappers that move theta refuse the rule.
  virtual bool sets_theta() const { return answer_is_average(); }

 private:
  double do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) final {
    std::span<const Real> at = theta;
    if (looks_ahead()) {
      look_ahead(info, theta, point_);
      at = point_;
    }
    const double loss = objective.evaluate(at, gradient_);
    move(info, gradient_, theta);
    return loss;
  }

  AlignedVector<Real> gradient_, point_;
};

}  // namespace ravine
