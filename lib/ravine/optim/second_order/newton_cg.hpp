#pragma once

#include <cstdint>
#include <string_view>

#include "ravine/optim/second_order/line_search_method.hpp"

namespace ravine {

/// Newton-CG (truncated Newton):  theta <- theta + a d,  where linear conjugate gradients from zero
/// solve H d = -g only as far as the Newton step is worth it,
///
///   |H d + g| <= min(1/2, sqrt |g|) |g|,
///
/// and stop at the first direction p of theirs with p'H p <= 0, keeping what they have (-g if that
/// is nothing); a by line search. Each iteration is one Hessian-vector product: no matrix, no limit
/// on the size.
///
/// Dembo and Steihaug (1983); Nocedal and Wright (2006), Algorithm 7.1; lecture L37.
struct NewtonCgOptions : LineSearchOptions {
  static constexpr std::string_view kName = "newton_cg";
  std::int64_t iterations = 0;
  double tolerance = 0;

  template <class F>
  void fields(F&& field) {
    field("iterations", iterations, "[0, inf)",
          "maximum number of conjugate-gradient iterations per step; 0: 20 times the number of "
          "parameters");
    LineSearchOptions::fields(field, "none|wolfe");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT NewtonCg final : public LineSearchMethod {
 public:
  explicit NewtonCg(const NewtonCgOptions& options)
      : LineSearchMethod(options, options.tolerance), options_(options) {
    options.check(options.kName);
  }
  NewtonCgOptions& options() { return options_; }
  void options_changed() { set_search(options_); }
  double extra_bytes(const ParameterLayout& layout) const override;
  Capabilities needs() const override {
    return {Capability::kGradient, Capability::kHessianProducts};
  }
  /// cg_iterations of the step, beside what every line-search method records.
  void visit_records(RecordVisitor& visitor) const override {
    LineSearchMethod::visit_records(visitor);
    visitor.number("cg_iterations", "iterations", static_cast<double>(iterations_));
  }

 private:
  void reset_memory(const ParameterLayout& layout) override;
  void visit_memory(StateVisitor&) override {}
  std::optional<Ending> choose(const Place& place, std::span<Real> d) override;
  void learn(const Move&) override {}
  void forget() override { steepest_ = true; }
  FirstTrial first_trial() const override { return FirstTrial::kUnit; }

  NewtonCgOptions options_;
  std::int64_t most_ = 0;        // iterations of a step
  std::int64_t iterations_ = 0;  // of the last one
  AlignedVector<Real> residual_, p_, product_;
  bool steepest_ = false;  // the next direction is -g
};

}  // namespace ravine
