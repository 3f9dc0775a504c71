#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "ravine/optim/first_order.hpp"
#include "ravine/optim/sweeps.hpp"

namespace ravine {

namespace detail {
/// f(block, its part of each state...) for the blocks in their order.
template <std::size_t States, class F>
void with_states(const ParameterLayout& layout, std::array<AlignedVector<Real>, States>& states,
                 F&& f) {
  for (const Block& block : layout.blocks()) [&]<std::size_t... K>(std::index_sequence<K...>) {
      f(block, block.of(std::span<Real>(states[K]))...);
    }
  (std::make_index_sequence<States>{});
}
}  // namespace detail

/// What a rule over everything works with: all its elements at once, and its numbers.
template <std::size_t States, std::size_t Numbers>
class GlobalWork {
 public:
  GlobalWork(const ParameterLayout& layout, Threads threads, std::span<const Real> gradient,
             std::span<Real> theta, std::array<AlignedVector<Real>, States>& states,
             std::array<double, Numbers>& numbers_)
      : numbers(numbers_),
        layout_(layout),
        threads_(threads),
        gradient_(gradient),
        theta_(theta),
        states_(states) {}

  /// f(theta, g, state...) for every element; f changes what it takes by reference.
  template <class F>
  void each(F f) const {
    detail::with_states(layout_, states_, [&](const Block& block, auto... states) {
      sweep(threads_, f, block.of(theta_), block.of(gradient_), states...);
    });
  }
  /// The sum of f(theta, g, state...) over every element; f may change them, too.
  template <class F>
  double sum(F f) const {
    double total = 0;
    detail::with_states(layout_, states_, [&](const Block& block, auto... states) {
      total += sweep_sum(threads_, f, block.of(theta_), block.of(gradient_), states...);
    });
    return total;
  }

  std::array<double, Numbers>& numbers;

 private:
  const ParameterLayout& layout_;
  Threads threads_;
  std::span<const Real> gradient_;
  std::span<Real> theta_;
  std::array<AlignedVector<Real>, States>& states_;
};

/// An optimizer with numbers of its own that hold for all elements: step sizes estimated from sums
/// over everything (Prodigy, D-Adaptation), weights of averages. A layout may be a part of the
/// vector; everything is then that part.
///
/// A rule is a struct with
///   kName, kState, fields(f), kLearningRate, kAnswerIsAverage   as an elementwise rule has them
///   kNumbers                      array of the names of its numbers, kept in double
///   numbers()                     the numbers before the first step
///   start()                       optional: a lambda (theta, state...) that sets the states at
///                                 theta_0; else they start at zero
///   update(info, work)            one step; work is a GlobalWork
///   lookahead(info)               optional: a lambda (theta, state...) -> where g is wanted; the
///                                 first gradient is taken at theta_0 itself
///   decay(info, numbers)          optional: the factor c of theta in updates c theta + ...
///   kSetsTheta                    optional: true if theta is written from the state alone
template <class Rule>
class Global final : public FirstOrder {
 public:
  static constexpr std::size_t kStates = Rule::kState.size(), kNumbers = Rule::kNumbers.size();
  static constexpr bool kLooksAhead = requires(const Rule& rule, const StepInfo& info) {
    rule.lookahead(info);
  };

  explicit Global(Rule rule) : rule_(std::move(rule)) {}
  /// May be changed between steps.
  Rule& options() { return rule_; }

  void prepare(const ParameterLayout& layout, std::span<const Real> theta,
               Threads threads) override {
    assert(theta.size() == layout.size());
    layout_ = layout;
    threads_ = threads;
    has_moved_ = 0;
    numbers_ = rule_.numbers();
    for (auto& state : states_) state.assign(layout.size(), Real{0});
    if constexpr (requires { rule_.start(); })
      detail::with_states(layout_, states_,
                          [&, set = rule_.start()](const Block& block, auto... states) {
                            sweep(threads_, set, block.of(theta), states...);
                          });
  }

  bool looks_ahead() const override { return kLooksAhead; }
  void look_ahead(const StepInfo& info, std::span<const Real> theta,
                  std::span<Real> point) override {
    if constexpr (kLooksAhead)
      detail::with_states(
          layout_, states_, [&, ahead = rule_.lookahead(info)](const Block& block, auto... states) {
            if (has_moved_)
              sweep(
                  threads_,
                  [ahead](Real& out, Real at, auto... state) { out = ahead(at, state...); },
                  block.of(point), block.of(theta), states...);
            else
              std::ranges::copy(block.of(theta), block.of(point).begin());
          });
  }

  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) override {
    rule_.update(
        info, GlobalWork<kStates, kNumbers>(layout_, threads_, gradient, theta, states_, numbers_));
    has_moved_ = 1;
  }

  double decay(const StepInfo& info, const Block&) const override {
    if constexpr (requires { rule_.decay(info, numbers_); })
      return rule_.decay(info, numbers_);
    else
      return 1;
  }

  void visit_state(StateVisitor& visitor) override {
    for (std::size_t k = 0; k < kStates; ++k) visitor.reals(Rule::kState[k], states_[k]);
    visitor.doubles("numbers", numbers_);
    visitor.integer("has_moved", has_moved_);
    check_state("has_moved", has_moved_, 1);
  }

  /// The numbers, under their names.
  void visit_records(RecordVisitor& visitor) const override {
    for (std::size_t k = 0; k < kNumbers; ++k) visitor.number(Rule::kNumbers[k], "1", numbers_[k]);
  }

  bool answer_is_average() const override {
    if constexpr (requires { Rule::kAnswerIsAverage; })
      return Rule::kAnswerIsAverage;
    else
      return false;
  }
  bool sets_theta() const override {
    if constexpr (requires { Rule::kSetsTheta; })
      return Rule::kSetsTheta;
    else
      return answer_is_average();
  }

 private:
  Rule rule_;
  ParameterLayout layout_;
  Threads threads_;
  std::array<AlignedVector<Real>, kStates> states_;
  std::array<double, kNumbers> numbers_ = {};
  std::int64_t has_moved_ = 0;  // since it was prepared
};

}  // namespace ravine
