#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/scheduled_fields.hpp"

namespace ravine {

/// An optimizer whose update treats every parameter alike: the rule supplies the equation, this
/// class the state vectors, the loop and the threads, once for all.
///
/// A rule is a struct with
///   kName                          its name in the catalogue
///   kState                         array of state names, one vector each ("v", "r", ...)
///   fields(f)                      its hyperparameters, listed once
///   kLearningRate                  optional: the customary rate and the scale of its tuning
///   kAnswerIsAverage               optional: true if theta is an average (see Optimizer)
///   at(info)                       returns the update, a lambda
///                                  (Real theta, Real g, Real& state...) -> new theta
///   lookahead(info)                optional: a lambda (Real theta, Real state...) -> the point
///                                  where the rule wants its gradient (Nesterov). theta itself is
///                                  never moved there and back.
/// Constants are computed in double in at(), once per step, and rounded once. Padding is never
/// touched. A function of one element has the same bits in any chunk, thread or vector lane.
template <class Rule>
class Elementwise final : public Optimizer {
 public:
  static constexpr std::size_t kStates = Rule::kState.size();
  static constexpr bool kLooksAhead = requires(const Rule& rule, const StepInfo& info) {
    rule.lookahead(info);
  };

  explicit Elementwise(Rule rule, ScheduledFields<Rule> scheduled = {})
      : rule_(std::move(rule)), scheduled_(std::move(scheduled)) {}

  void reset(const ParameterLayout& layout, Threads threads) override {
    layout_ = layout;
    threads_ = threads;
    gradient_.assign(layout.size(), Real{0});
    for (auto& state : states_) state.assign(layout.size(), Real{0});
    if constexpr (kLooksAhead) point_.assign(layout.size(), Real{0});
  }

  double step(const StepInfo& info, Objective& objective, std::span<Real> theta) override {
    scheduled_.resolve(info, rule_);
    std::span<const Real> at = theta;
    if constexpr (kLooksAhead) {
      look_ahead(info, theta);
      at = point_;
    }
    const double loss = objective.evaluate(at, gradient_);
    move(info, theta);
    return loss;
  }

  void visit_state(StateVisitor& visitor) override {
    std::size_t k = 0;
    for (auto& state : states_) visitor.reals(Rule::kState[k++], state);
  }

  bool answer_is_average() const override {
    if constexpr (requires { Rule::kAnswerIsAverage; })
      return Rule::kAnswerIsAverage;
    else
      return false;
  }
  std::span<const Real> last_gradient() const override { return gradient_; }
  Rule& rule() { return rule_; }

 private:
  // Long enough to hide the loop's overhead, short enough to balance threads; a multiple of the
  // cache line, so every chunk starts aligned.
  static constexpr std::size_t kChunk = 16384;

  template <class F>
  void for_chunks(F&& f) {
    for (const Block& block : layout_.blocks())
      parallel_chunks(threads_, block.size(), kChunk, [&](std::size_t begin, std::size_t end) {
        f(block.offset + begin, end - begin, std::make_index_sequence<kStates>{});
      });
  }

  void look_ahead(const StepInfo& info, std::span<const Real> theta) {
    if constexpr (kLooksAhead)
      for_chunks([&, ahead = rule_.lookahead(info) ]<std::size_t... K>(std::size_t i, std::size_t n,
                                                                       std::index_sequence<K...>) {
        look(ahead, n, point_.data() + i, theta.data() + i, (states_[K].data() + i)...);
      });
  }

  void move(const StepInfo& info, std::span<Real> theta) {
    for_chunks([&, update = rule_.at(info) ]<std::size_t... K>(std::size_t i, std::size_t n,
                                                               std::index_sequence<K...>) {
      apply(update, n, theta.data() + i, gradient_.data() + i, (states_[K].data() + i)...);
    });
  }

  // Restricted pointers of their own are what lets both compilers vectorize without checks.
  template <class Update, class... State>
  static void apply(const Update update, std::size_t n, Real* __restrict theta,
                    const Real* __restrict g, State* __restrict... state) {
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i) theta[i] = update(theta[i], g[i], state[i]...);
  }

  template <class Ahead, class... State>
  static void look(const Ahead ahead, std::size_t n, Real* __restrict point,
                   const Real* __restrict theta, const State* __restrict... state) {
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i) point[i] = ahead(theta[i], state[i]...);
  }

  Rule rule_;
  ScheduledFields<Rule> scheduled_;
  ParameterLayout layout_;
  Threads threads_;
  AlignedVector<Real> gradient_, point_;
  std::array<AlignedVector<Real>, kStates> states_;
};

}  // namespace ravine
