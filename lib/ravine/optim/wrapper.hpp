#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/first_order.hpp"
#include "ravine/optim/state_bytes.hpp"

namespace ravine {

/// The rule that a field `inner` holds. Throws Error if it does not make one update from one
/// gradient, and, for wrappers that move theta themselves, if it sets theta (see FirstOrder).
RAVINE_EXPORT FirstOrder& wrapped_rule(std::string_view wrapper, const Nested<Optimizer>& inner,
                                       bool moves_theta);

/// Throws Error for a rule that sets theta (see FirstOrder), in the name of a wrapper that moves
/// it.
RAVINE_EXPORT void refuse_iterates_elsewhere(std::string_view wrapper,
                                             const Nested<Optimizer>& inner);

/// What a wrapper works with in one step.
template <std::size_t Scratches>
struct WrapperWork {
  const ParameterLayout& layout;
  Threads threads;
  std::span<const Real> gradient;
  std::span<Real> theta;
  std::array<std::span<Real>, Scratches> scratch;  // as long as theta; holds anything at first
};

/// An optimizer around any rule that makes one update from one gradient, partitions and wrappers
/// included: it changes the gradient, or the update.
///
/// A wrapper is a struct with
///   kName, fields(f)              as an elementwise rule has them
///   inner                         a field: Nested<Optimizer>
///   kScratch                      number of vectors that it needs for a while
///   kMovesTheta                   whether it changes theta beside the rule (see wrapped_rule)
///   move(info, rule, work)        calls rule.move(); work is a WrapperWork
///   decay(info, block)            optional: its factor of theta, beside that of the rule
/// The state is that of the rule. Nothing allocates in a step.
template <class Wrapper>
class Wrapped final : public FirstOrder, public ExtraMemory {
 public:
  static constexpr std::size_t kScratches = Wrapper::kScratch;

  /// Throws Error as wrapped_rule() does.
  explicit Wrapped(Wrapper wrapper)
      : wrapper_(std::move(wrapper)),
        rule_(wrapped_rule(Wrapper::kName, wrapper_.inner, Wrapper::kMovesTheta)),
        memory_(dynamic_cast<const ExtraMemory*>(&rule_)) {}
  /// May be changed between steps.
  Wrapper& options() { return wrapper_; }

  void begin(const StepInfo& info) override {
    Optimizer::begin(info);
    rule_.begin(info);
  }
  void prepare(const ParameterLayout& layout, std::span<const Real> theta,
               Threads threads) override {
    layout_ = layout;
    threads_ = threads;
    for (auto& scratch : scratches_) scratch.assign(layout.size(), Real{0});
    rule_.prepare(layout, theta, threads);
  }
  bool looks_ahead() const override { return rule_.looks_ahead(); }
  void look_ahead(const StepInfo& info, std::span<const Real> theta,
                  std::span<Real> point) override {
    rule_.look_ahead(info, theta, point);
  }
  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) override {
    WrapperWork<kScratches> work{layout_, threads_, gradient, theta, {}};
    for (std::size_t k = 0; k < kScratches; ++k) work.scratch[k] = scratches_[k];
    wrapper_.move(info, rule_, work);
  }
  double decay(const StepInfo& info, const Block& block) const override {
    double own = 1;
    if constexpr (requires { wrapper_.decay(info, block); }) own = wrapper_.decay(info, block);
    return own * rule_.decay(info, block);
  }
  bool sets_theta() const override { return rule_.sets_theta(); }
  void theta_moved() override { rule_.theta_moved(); }
  void visit_state(StateVisitor& visitor) override { rule_.visit_state(visitor); }
  void visit_records(RecordVisitor& visitor) const override { rule_.visit_records(visitor); }
  bool answer_is_average() const override { return rule_.answer_is_average(); }

  double extra_bytes(const ParameterLayout& layout) const override {
    return static_cast<double>(kScratches * layout.size() * sizeof(Real)) +
           (memory_ ? memory_->extra_bytes(layout) : 0);
  }
  std::optional<double> state_bytes(const ParameterLayout& layout) override {
    return ravine::state_bytes(rule_, layout);
  }
  std::size_t most_parameters() const override {
    return memory_ ? memory_->most_parameters() : std::numeric_limits<std::size_t>::max();
  }

 private:
  Wrapper wrapper_;
  FirstOrder& rule_;           // that of wrapper_.inner
  const ExtraMemory* memory_;  // of the rule, or null
  ParameterLayout layout_;
  Threads threads_;
  std::array<AlignedVector<Real>, kScratches> scratches_;
};

}  // namespace ravine
