#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "ravine/optim/first_order.hpp"
#include "ravine/optim/sweeps.hpp"

namespace ravine {

namespace detail {
// The lambdas of a rule, whether they depend on the step alone or on the block as well.
struct UpdateOf {
  template <class Rule, class... Where>
  auto operator()(const Rule& rule, const Where&... where) const -> decltype(rule.at(where...)) {
    return rule.at(where...);
  }
};
struct AheadOf {
  template <class Rule, class... Where>
  auto operator()(const Rule& rule, const Where&... where) const
      -> decltype(rule.lookahead(where...)) {
    return rule.lookahead(where...);
  }
};
}  // namespace detail

/// An optimizer whose update treats every parameter alike: the rule supplies the equation, this
/// class the state vectors, the loop and the threads, once for all.
///
/// A rule is a struct with
///   kName                          its name in the catalog
///   kState                         array of state names, one vector each ("v", "r", ...)
///   fields(f)                      its hyperparameters, listed once
///   kLearningRate                  optional: the customary rate and the scale of its tuning
///   kAnswerIsAverage               optional: true if theta is an average (see Optimizer)
///   decay(info)                    optional: the factor c of theta in updates c theta + ...
///   at(info) or at(info, block)    returns the update, a lambda
///                                  (Real theta, Real g, Real& state...) -> new theta
///   lookahead(info) or (.., block) optional: a lambda (Real theta, Real state...) -> the point
///                                  where the rule wants its gradient (Nesterov). theta itself is
///                                  never moved there and back.
///   start()                        optional: a lambda (Real theta, Real& state...) that sets the
///                                  state at theta_0; else it starts at zero. What looks ahead then
///                                  takes its first gradient at theta_0 itself.
/// Constants are computed in double in at(), once per step (and block), and rounded once. Padding
/// is never touched. A function of one element has the same bits in any chunk, thread or vector
/// lane. **Deviates:** what the update leaves in a state counts as zero if it is subnormal, that is
/// below 1.2e-38 in float.
template <class Rule>
class Elementwise final : public FirstOrder {
  template <class Function>
  static constexpr bool kByStep = std::is_invocable_v<Function, const Rule&, const StepInfo&>;
  template <class Function>
  static constexpr bool kByBlock =
      std::is_invocable_v<Function, const Rule&, const StepInfo&, const Block&>;

 public:
  static constexpr std::size_t kStates = Rule::kState.size();
  static constexpr bool kLooksAhead = kByStep<detail::AheadOf> || kByBlock<detail::AheadOf>;
  static constexpr bool kStarts = requires(const Rule& rule) { rule.start(); };
  static_assert(kByStep<detail::UpdateOf> || kByBlock<detail::UpdateOf>,
                "a rule has at(info) or at(info, block)");

  explicit Elementwise(Rule rule) : rule_(std::move(rule)) {}

  /// May be changed between steps.
  Rule& options() { return rule_; }

  void prepare(const ParameterLayout& layout, std::span<const Real> theta,
               Threads threads) override {
    assert(theta.size() == layout.size());
    layout_ = layout;
    threads_ = threads;
    has_moved_ = 0;
    for (auto& state : states_) state.assign(layout.size(), Real{0});
    if constexpr (kStarts)
      for (const Block& block : layout_.blocks())
        for_chunks(
            block, [&, set = rule_.start() ]<std::size_t... K>(std::size_t i, std::size_t n,
                                                               std::index_sequence<K...>) {
              for (std::size_t j = i; j < i + n; ++j) set(theta[j], states_[K][j]...);
            });
  }

  bool looks_ahead() const override { return kLooksAhead; }
  void look_ahead(const StepInfo& info, std::span<const Real> theta,
                  std::span<Real> point) override {
    if constexpr (kLooksAhead) {
      if (kStarts && !has_moved_) {
        for (const Block& block : layout_.blocks())
          std::ranges::copy(block.of(theta), block.of(point).begin());
        return;
      }
      for_blocks<detail::AheadOf>(
          info, [&]<std::size_t... K>(const auto& ahead, std::size_t i, std::size_t n,
                                      std::index_sequence<K...>) {
            look(ahead, n, point.data() + i, theta.data() + i, (states_[K].data() + i)...);
          });
    }
  }

  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) override {
    for_blocks<detail::UpdateOf>(
        info, [&]<std::size_t... K>(const auto& update, std::size_t i, std::size_t n,
                                    std::index_sequence<K...>) {
          apply(update, n, theta.data() + i, gradient.data() + i, (states_[K].data() + i)...);
        });
    has_moved_ = 1;
  }

  void visit_state(StateVisitor& visitor) override {
    std::size_t k = 0;
    for (auto& state : states_) visitor.reals(Rule::kState[k++], state);
    if constexpr (kStarts && kLooksAhead) {
      visitor.integer("has_moved", has_moved_);
      check_state("has_moved", has_moved_, 1);
    }
  }

  double decay(const StepInfo& info, const Block&) const override {
    if constexpr (requires { rule_.decay(info); })
      return rule_.decay(info);
    else
      return 1;
  }

  bool answer_is_average() const override {
    if constexpr (requires { Rule::kAnswerIsAverage; })
      return Rule::kAnswerIsAverage;
    else
      return false;
  }

 private:
  // Long enough to hide the loop's overhead, short enough to balance threads; a multiple of the
  // cache line, so every chunk starts aligned.
  static constexpr std::size_t kChunk = 16384;

  template <class F>
  void for_chunks(const Block& block, F&& f) const {
    parallel_chunks(threads_, block.size(), kChunk, [&](std::size_t begin, std::size_t end) {
      f(block.offset + begin, end - begin, std::make_index_sequence<kStates>{});
    });
  }

  /// f(function of the rule, first element, count, indices of the states) for all chunks.
  template <class Function, class F>
  void for_blocks(const StepInfo& info, F&& f) const {
    const auto sweep = [&](const Block& block, const auto& function) {
      for_chunks(block,
                 [&](std::size_t i, std::size_t n, auto states) { f(function, i, n, states); });
    };
    if constexpr (kByBlock<Function>) {
      for (const Block& block : layout_.blocks()) sweep(block, Function()(rule_, info, block));
    } else {
      const auto function = Function()(rule_, info);
      for (const Block& block : layout_.blocks()) sweep(block, function);
    }
  }

  // Restricted pointers of their own are what lets both compilers vectorize without checks.
  template <class F, class... State>
  static void apply(const F update, std::size_t n, Real* __restrict theta, const Real* __restrict g,
                    State* __restrict... state) {
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i) {
      theta[i] = update(theta[i], g[i], state[i]...);
      ((state[i] = detail::without_subnormal(state[i])), ...);
    }
  }

  template <class F, class... State>
  static void look(const F ahead, std::size_t n, Real* __restrict point,
                   const Real* __restrict theta, const State* __restrict... state) {
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i) point[i] = ahead(theta[i], state[i]...);
  }

  Rule rule_;
  ParameterLayout layout_;
  Threads threads_;
  std::array<AlignedVector<Real>, kStates> states_;
  std::int64_t has_moved_ = 0;  // since it was prepared
};

}  // namespace ravine
