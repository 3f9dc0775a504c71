#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// An optimizer whose update treats every parameter alike: the rule supplies the equation, this
/// class the state vectors, the loop and the threads, once for all.
///
/// A rule is a struct with
///   kName                          its name in the catalogue
///   kState                         array of state names, one vector each ("v", "r", ...)
///   fields(f)                      its hyperparameters, listed once
///   at(info, block)                returns the update, a lambda
///                                  (Real theta, Real g, Real& state...) -> new theta
///   lookahead(info, block)         optional: a lambda (Real theta, Real state...) -> the point
///                                  where the rule wants its gradient (Nesterov). theta itself is
///                                  never moved there and back.
/// Constants are computed in double in at(), once per step and block, and rounded once.
template <class Rule>
class Elementwise final : public Optimizer {
 public:
  static constexpr std::size_t kStates = Rule::kState.size();
  static constexpr bool kLooksAhead =
      requires(const Rule& rule, const StepInfo& info, const Block& block) {
    rule.lookahead(info, block);
  };

  explicit Elementwise(Rule rule) : rule_(std::move(rule)) {}

  void reset(const ParameterLayout& layout, Threads threads) override {
    layout_ = layout;
    threads_ = threads;
    gradient_.assign(layout.size(), Real{0});
    for (auto& state : states_) state.assign(layout.size(), Real{0});
    if constexpr (kLooksAhead) point_.assign(layout.size(), Real{0});
  }

  double step(const StepInfo& info, Objective& objective, std::span<Real> theta) override {
    if constexpr (kLooksAhead) {
      for (const Block& block : layout_.blocks())
        for_chunks(block,
                   [&, ahead = rule_.lookahead(info, block)](std::size_t i, std::size_t end) {
                     look(ahead, theta.data(), i, end, std::make_index_sequence<kStates>{});
                   });
      const double loss = objective.evaluate(point_, gradient_);
      move(info, theta);
      return loss;
    } else {
      const double loss = objective.evaluate(theta, gradient_);
      move(info, theta);
      return loss;
    }
  }

  void visit_state(StateVisitor& visitor) override {
    for (std::size_t k = 0; k < kStates; ++k) visitor.reals(Rule::kState[k], states_[k]);
  }

  std::span<const Real> last_gradient() const override { return gradient_; }
  Rule& rule() { return rule_; }

 private:
  // Long enough to hide the loop's overhead, short enough to balance threads; a multiple of the
  // cache line, so every chunk starts aligned.
  static constexpr std::size_t kChunk = 16384;

  template <class F>
  void for_chunks(const Block& block, F&& f) {
    parallel_chunks(threads_, block.size(), kChunk, [&](std::size_t begin, std::size_t end) {
      f(block.offset + begin, block.offset + end);
    });
  }

  void move(const StepInfo& info, std::span<Real> theta) {
    for (const Block& block : layout_.blocks())
      for_chunks(block, [&, update = rule_.at(info, block)](std::size_t i, std::size_t end) {
        apply(update, theta.data(), i, end, std::make_index_sequence<kStates>{});
      });
  }

  template <class Update, std::size_t... K>
  void apply(Update update, Real* __restrict theta, std::size_t begin, std::size_t end,
             std::index_sequence<K...>) {
    const Real* __restrict g = gradient_.data();
    const std::array<Real*, kStates> state = {states_[K].data()...};
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) theta[i] = update(theta[i], g[i], state[K][i]...);
  }

  template <class Ahead, std::size_t... K>
  void look(Ahead ahead, const Real* __restrict theta, std::size_t begin, std::size_t end,
            std::index_sequence<K...>) {
    Real* __restrict point = point_.data();
    const std::array<const Real*, kStates> state = {states_[K].data()...};
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) point[i] = ahead(theta[i], state[K][i]...);
  }

  Rule rule_;
  ParameterLayout layout_;
  Threads threads_;
  AlignedVector<Real> gradient_, point_;
  std::array<AlignedVector<Real>, kStates> states_;
};

}  // namespace ravine
