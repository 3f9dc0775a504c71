#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/second_order/linear_cg.hpp"

namespace ravine {

/// Hessian-free optimization: linear conjugate gradients minimize the damped quadratic model
///
///   q(d) + lambda/2 |d|^2,   q(d) = g'd + 1/2 d'G d   with the Gauss-Newton matrix G,
///
/// from `decay` times the last solution, preconditioned by (sum_i g_i^2 / N + lambda +
/// weight_cost)^(3/4) where the problem knows that sum. d is the last kept iterate of LinearCg that
/// is no worse than its predecessor; theta <- theta + r d with the first r = 1, 0.8, 0.8^2, ...
/// (60 at most) that satisfies loss(theta + r d) <= loss + 0.01 r g'd, or no move. With rho =
/// (loss(theta + d) - loss) / q(d), minus infinity if the loss rises:
///
///   rho < 1/4:  lambda <- 3/2 lambda;      rho > 3/4:  lambda <- 2/3 lambda.
///
/// Martens (2010), and the constants of his published program; lecture L37. **Deviates:** gradient,
/// curvature, rho and line search see the examples of the step, where the program takes the
/// curvature from a part of them; the L2 penalty of a problem leaves biases out, where the
/// program's holds them (`weight_cost` stands in the preconditioner of all parameters, as there).
/// `learning_rate` multiplies the first r.
///
/// It stops converged if max_i |g_i| <= tolerance, or if no r is accepted and -g'd is at most 100
/// units of rounding of the loss; stuck after 40 steps in a row without a move; diverged if the
/// loss or the gradient at theta is not finite. theta only ever moves to a lower loss.
struct HessianFreeOptions {
  static constexpr std::string_view kName = "hessian_free";
  static constexpr std::array<std::string_view, 1> kFixed = {"damping"};  // adapts by itself
  double damping = 45;
  std::int64_t iterations = 250;
  double cg_tolerance = 5e-4;
  double decay = 0.95;
  std::string preconditioner = "gradients";
  double weight_cost = 0;
  double tolerance = 0;

  template <class F>
  void fields(F&& field) {
    field("damping", damping, "(0, inf)", "lambda at the start");
    field("iterations", iterations, "[1, 10000]",
          "maximum number of conjugate-gradient iterations");
    field("cg_tolerance", cg_tolerance, "(0, 1)",
          "relative progress per iteration below which they stop");
    field("decay", decay, "[0, 1]", "fraction of the last solution to start from");
    field("preconditioner", preconditioner, "gradients|none",
          "gradients: mean squared gradients, where the problem provides them");
    field("weight_cost", weight_cost, "[0, inf)", "L2 factor of the loss, for the preconditioner");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT HessianFree final : public Optimizer, public ExtraMemory {
 public:
  explicit HessianFree(const HessianFreeOptions& options) : options_(options) {}
  HessianFreeOptions& options() { return options_; }
  void options_changed() { cg_.set_tolerance(options_.cg_tolerance); }
  void reset(const ParameterLayout& layout, std::span<const Real> theta, Threads threads) override;
  void visit_state(StateVisitor& visitor) override;
  std::span<const Real> last_gradient() const override { return gradient_; }
  const std::optional<Ending>& ending() const override { return ending_; }
  double extra_bytes(const ParameterLayout& layout) const override;
  /// The preconditioner takes mean squared gradients where there are any.
  Capabilities needs() const override {
    return {Capability::kGradient, Capability::kGaussNewtonProducts};
  }

  double damping() const { return lambda_; }
  /// lambda after the step; step_length: r, 0 where theta stayed; cg_iterations of the step.
  void visit_records(RecordVisitor& visitor) const override;

 private:
  double do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) override;
  bool look(Objective& objective, std::span<const Real> theta);
  std::span<const Real> inverse_preconditioner(Objective& objective, std::span<const Real> theta);
  double loss_at(Objective& objective, std::span<const Real> theta, double rate);
  double pick_iterate(Objective& objective, std::span<const Real> theta);
  void adapt_damping(Objective& objective, std::span<const Real> theta, double new_loss);
  void move(double rate, Objective& objective, std::span<Real> theta, double new_loss);

  HessianFreeOptions options_;
  Threads threads_;
  LinearCg cg_;
  AlignedVector<Real> gradient_, minus_gradient_, direction_, start_, inverse_, point_, product_;
  double loss_ = 0, lambda_ = 0;
  double step_length_ = 0, cg_iterations_ = 0;  // of the last step, for records
  std::int64_t rejected_ = 0;                   // steps in a row without a move
  std::optional<Ending> ending_;
};

}  // namespace ravine
