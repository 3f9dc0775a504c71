#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Lookahead around another optimizer: k of its fast steps forward, one slow step back.
///
///   theta <- a step of the inner optimizer
///   every k steps:  phi <- phi + alpha (theta - phi);   theta <- phi
///
/// Zhang, Lucas, Hinton and Ba (2019), Algorithm 1, in its letters; phi starts at theta_0. The
/// inner optimizer keeps its state over the slow step, one of the treatments that the paper
/// compares. The default, plain gradient descent, is the case that the paper analyses.
struct LookaheadFields {
  static constexpr std::string_view kName = "lookahead";
  Nested<Optimizer> inner{"sgd"};
  std::int64_t k = 5;
  double alpha = 0.5;

  template <class F>
  void fields(F&& field) {
    field("inner", inner, "", "optimizer of the fast steps");
    field({"k", "period"}, k, "[1, inf)", "fast steps per slow step");
    field({"alpha", "share"}, alpha, "(0, 1]", "fraction of the way that the slow weights follow",
          "linear(0.2, 0.8)");
  }
};

class RAVINE_EXPORT Lookahead final : public Optimizer, public ExtraMemory {
 public:
  /// Throws Error for a rule whose iterates are not its theta.
  explicit Lookahead(LookaheadFields fields);
  LookaheadFields& options() { return fields_; }

  Capabilities needs() const override { return inner().needs(); }
  void reset(const ParameterLayout& layout, std::span<const Real> theta, Threads threads) override;
  void theta_moved() override { inner().theta_moved(); }
  void visit_state(StateVisitor& visitor) override;
  void visit_records(RecordVisitor& visitor) const override { inner().visit_records(visitor); }
  bool answer_is_average() const override { return inner().answer_is_average(); }
  std::span<const Real> last_gradient() const override { return inner().last_gradient(); }
  const std::optional<Ending>& ending() const override { return inner().ending(); }
  double extra_bytes(const ParameterLayout& layout) const override;
  std::optional<double> state_bytes(const ParameterLayout& layout) override;
  std::size_t most_parameters() const override;

 private:
  double do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) override;
  Optimizer& inner() const { return *fields_.inner.made; }

  LookaheadFields fields_;
  const ExtraMemory* memory_;  // of the inner optimizer, or null
  ParameterLayout layout_;
  Threads threads_;
  AlignedVector<Real> phi_;
};

}  // namespace ravine
