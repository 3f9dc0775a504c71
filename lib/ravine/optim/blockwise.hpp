#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "ravine/linalg/matrix.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/first_order.hpp"

namespace ravine {

struct MatrixShape {
  std::size_t rows = 0, cols = 0;
};

/// One block as a rule by block sees it. Products of linalg take these views; sums over them come
/// from linalg/stats, whose order of additions is fixed.
template <std::size_t States, std::size_t Scratches>
struct BlockWork {
  const Block& block;
  Threads threads;
  MatrixView<Real> theta;
  MatrixView<const Real> gradient;
  std::array<MatrixView<Real>, States> state;
  std::array<MatrixView<Real>, Scratches> scratch;  // holds anything at first
};

/// An optimizer whose update needs a block as a whole: its norms (LAMB, LARS), its matrix (Muon,
/// Shampoo). The rule supplies the update of one block, this class the memory and the order.
///
/// A rule is a struct with
///   kName, kState, fields(f), kLearningRate   as an elementwise rule has them
///   kScratch                      number of matrices that it needs for a while
///   update(info, work)            moves work.theta; work is a BlockWork<states, scratches>
///   state_shape(k, block)         optional: the shape of state k; else that of the block
///   scratch_shape(k, block)       optional: the same for scratch k
///   start(work)                   optional: sets the state at theta_0; else it starts at zero
///   decay(info)                   optional: the factor c of theta in updates c theta + ...
///   meet(layout)                  optional: told of all blocks before anything else
/// Blocks are updated one after the other, each with all threads. Nothing allocates in a step.
template <class Rule>
class Blockwise final : public FirstOrder, public ExtraMemory {
 public:
  static constexpr std::size_t kStates = Rule::kState.size(), kScratches = Rule::kScratch;
  using Work = BlockWork<kStates, kScratches>;

  explicit Blockwise(Rule rule) : rule_(std::move(rule)) {}
  /// May be changed between steps.
  Rule& options() { return rule_; }

  double extra_bytes(const ParameterLayout& layout) const override {
    std::array<std::size_t, kScratches> longest = {};
    for (const Block& block : layout.blocks())
      for (std::size_t k = 0; k < kScratches; ++k)
        longest[k] = std::max(longest[k], elements(scratch_shape(rule_, k, block)));
    std::size_t held = 0;
    for (const std::size_t scratch : longest) held += scratch;
    return static_cast<double>(held * sizeof(Real));
  }
  std::optional<double> state_bytes(const ParameterLayout& layout) override {
    std::size_t kept = 0;
    for (const Block& block : layout.blocks())
      for (std::size_t k = 0; k < kStates; ++k)
        kept += padded(elements(state_shape(rule_, k, block)));
    return static_cast<double>(kept * sizeof(Real));
  }

  void prepare(const ParameterLayout& layout, std::span<const Real> theta,
               Threads threads) override {
    layout_ = layout;
    threads_ = threads;
    if constexpr (requires { rule_.meet(layout); }) rule_.meet(layout);
    places_.clear();
    std::array<std::size_t, kStates> length = {};
    std::array<std::size_t, kScratches> longest = {};
    for (const Block& block : layout_.blocks()) {
      places_.push_back(length);
      for (std::size_t k = 0; k < kStates; ++k)
        length[k] += padded(elements(state_shape(rule_, k, block)));
      for (std::size_t k = 0; k < kScratches; ++k)
        longest[k] = std::max(longest[k], elements(scratch_shape(rule_, k, block)));
    }
    for (std::size_t k = 0; k < kStates; ++k) states_[k].assign(length[k], Real{0});
    for (std::size_t k = 0; k < kScratches; ++k) scratches_[k].assign(longest[k], Real{0});
    if constexpr (requires(const Work& work) { rule_.start(work); }) {
      AlignedVector<Real> point(theta.begin(), theta.end());
      for (std::size_t b = 0; b < places_.size(); ++b) rule_.start(work(b, {}, point));
    }
  }

  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) override {
    for (std::size_t b = 0; b < places_.size(); ++b) rule_.update(info, work(b, gradient, theta));
  }

  double decay(const StepInfo& info, const Block&) const override {
    if constexpr (requires { rule_.decay(info); })
      return rule_.decay(info);
    else
      return 1;
  }

  void visit_state(StateVisitor& visitor) override {
    for (std::size_t k = 0; k < kStates; ++k) visitor.reals(Rule::kState[k], states_[k]);
  }

 private:
  static std::size_t elements(MatrixShape shape) { return shape.rows * shape.cols; }
  static MatrixShape state_shape(const Rule& rule, std::size_t k, const Block& block) {
    if constexpr (requires { rule.state_shape(k, block); }) return rule.state_shape(k, block);
    return {block.rows, block.cols};
  }
  static MatrixShape scratch_shape(const Rule& rule, std::size_t k, const Block& block) {
    if constexpr (requires { rule.scratch_shape(k, block); }) return rule.scratch_shape(k, block);
    return {block.rows, block.cols};
  }

  /// Block number b; an empty gradient gives an empty view.
  Work work(std::size_t b, std::span<const Real> gradient, std::span<Real> theta) {
    const Block& block = layout_.blocks()[b];
    Work work{block, threads_, {block.of(theta), block.rows, block.cols}, {}, {}, {}};
    if (!gradient.empty()) work.gradient = {block.of(gradient), block.rows, block.cols};
    for (std::size_t k = 0; k < kStates; ++k) {
      const MatrixShape shape = state_shape(rule_, k, block);
      work.state[k] = {states_[k].data() + places_[b][k], shape.rows, shape.cols};
    }
    for (std::size_t k = 0; k < kScratches; ++k) {
      const MatrixShape shape = scratch_shape(rule_, k, block);
      work.scratch[k] = {scratches_[k].data(), shape.rows, shape.cols};
    }
    return work;
  }

  Rule rule_;
  ParameterLayout layout_;
  Threads threads_;
  std::vector<std::array<std::size_t, kStates>> places_;  // of each block in each state
  std::array<AlignedVector<Real>, kStates> states_;
  std::array<AlignedVector<Real>, kScratches> scratches_;
};

}  // namespace ravine
