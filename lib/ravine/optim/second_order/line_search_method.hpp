#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/second_order/line_search.hpp"

namespace ravine {

/// What gradient descent, conjugate gradients, BFGS and L-BFGS share: choose a direction d, search
/// the line theta + a d, move, learn from the move.
///
/// Each stops, and says so in ending() and in the outcome of its trial, where one of these holds:
///
///   converged   max_i |g_i| <= tolerance
///   converged   no lower loss is found, and for the first trial a, with the rounding unit u of
///   Real,
///               -a g'd <= 100 u |loss|  or  max_i |a d_i| <= 100 u max_i |theta_i|
///   stuck       no lower loss is found along d, nor along -g after a restart
///   diverged    the loss or the gradient at theta is not finite
///
/// A searched step only ever moves theta to a lower loss, so it is the best iterate; with
/// line_search=none theta returns to the best iterate when the method diverges. If
/// Objective::stationary(), the gradient at the accepted point serves the next step; otherwise
/// (mini-batches) every step begins with an evaluation of its own, and what is learnt compares two
/// gradients of one batch. `learning_rate` multiplies the first trial of each search; 1 is its
/// natural value.
class RAVINE_EXPORT LineSearchMethod : public Optimizer, public ExtraMemory {
 public:
  void reset(const ParameterLayout& layout, std::span<const Real> theta, Threads threads) override;
  void theta_moved() override { known_ = 0; }
  void visit_state(StateVisitor& visitor) override;
  std::span<const Real> last_gradient() const override { return gradient_; }
  const std::optional<Ending>& ending() const override { return ending_; }
  /// step_length: a of theta + a d; 0 where theta stayed. search_trials: evaluations of its line
  /// searches.
  void visit_records(RecordVisitor& visitor) const override;
  Capabilities needs() const override {
    return Capabilities{Capability::kGradient}.with(Capability::kHessianProducts,
                                                    search_.line_search == "exact");
  }

 protected:
  LineSearchMethod(LineSearchOptions search, double tolerance)
      : search_(std::move(search)), tolerance_(tolerance) {}
  /// Takes other values of what every method has. Throws Error where they contradict each other.
  template <class Options>
  void set_search(const Options& options) {
    options.check(options.kName);
    search_ = options;
    tolerance_ = options.tolerance;
  }

  /// An accepted step: theta moved by `step` times `direction`, and the gradient changed. The
  /// slopes are g'd and g+'d.
  struct Move {
    double step, slope, new_slope;
    std::span<const Real> direction, gradient, new_gradient;
  };
  /// Where a direction is wanted.
  struct Place {
    Objective& objective;
    std::span<const Real> theta, gradient;
  };
  /// The first trial of a line search (Nocedal and Wright 2006, section 3.5). The first search of
  /// all begins with a step of length 1, whatever the scale of the loss, except with kUnit.
  enum class FirstTrial {
    kUnit,          // 1: the direction has the right length
    kSameDecrease,  // min(1, 1.01 * 2 (loss - last loss) / g'd), equation 3.60: it may be too long
    kSameGain,      // a g'd as in the last step: the length of the direction means nothing
  };
  Threads threads() const { return threads_; }
  /// Of s and y, for their pair to teach something: the curvature along s must be positive.
  static constexpr double kLeastCosine = 1e-10;

 private:
  double do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) override;
  virtual void reset_memory(const ParameterLayout& layout) = 0;
  virtual void visit_memory(StateVisitor& visitor) = 0;
  /// d <- the direction of the method at a place; d holds the last one. An Ending if there is none.
  virtual std::optional<Ending> choose(const Place& place, std::span<Real> d) = 0;
  virtual void learn(const Move& move) = 0;
  /// Drops what was learnt: the next direction is -g.
  virtual void forget() = 0;
  /// What to say where the gradient vanishes, if it is not convergence.
  virtual std::optional<Ending> judge(const Place&) { return std::nullopt; }
  virtual FirstTrial first_trial() const = 0;

  bool look(Objective& objective, std::span<Real> theta);
  bool search(const StepInfo& info, Objective& objective, std::span<const Real> theta);
  void leap(const StepInfo& info, Objective& objective, std::span<Real> theta);
  bool searches() const { return search_.line_search != "none"; }
  double first_step(double slope) const;
  void accept(const RayPoint& at, double slope, std::span<Real> theta);
  void end(Ending::Kind kind, std::string message) { ending_ = Ending{kind, std::move(message)}; }

  LineSearchOptions search_;
  double tolerance_;
  Threads threads_;
  AlignedVector<Real> gradient_, direction_, point_, new_gradient_;
  AlignedVector<Real> best_;  // only without a line search
  double best_loss_ = 0;
  double loss_ = 0, new_loss_ = 0;
  double last_gain_ = 0, last_decrease_ = 0;  // of the last move: a g'd, and the loss
  std::int64_t known_ = 0;                    // new_loss_ and new_gradient_ are those at theta
  RayPoint found_;
  double step_length_ = 0, trials_ = 0;  // of the last step, for records
  double slope_ = 0;
  std::optional<Ending> ending_;
};

}  // namespace ravine
