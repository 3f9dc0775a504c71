#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/block_sums.hpp"
#include "ravine/optim/sweeps.hpp"
#include "ravine/optim/wrapper.hpp"

namespace ravine {

/// Weight decay around a rule, on all blocks or on weights only.
///
///   how=decoupled:  theta <- (1 - eps lambda) theta, then the rule's update
///   how=coupled:    the rule gets g + lambda theta
///   how=cautious:   theta_i <- theta_i - eps lambda theta_i as well, where the update u_i, which
///                   is subtracted, points inward: u_i theta_i > 0
///
/// with the theta of before the step. Loshchilov and Hutter (2019), equations 1 and 2 for coupled
/// and decoupled; Chen, Li, Liang, Su, Xie, Pierse, Liang, Lao and Liu (2025) for cautious.
/// decay(inner=adam) has the bits of adamw.
/// **Deviates:** a coupled decay is taken at theta, also by rules whose gradient is taken ahead.
/// Rules whose theta is an average have a field of their own and are refused.
struct Decay {
  static constexpr std::string_view kName = "decay";
  static constexpr std::size_t kScratch = 1;
  static constexpr bool kMovesTheta = true;
  Nested<Optimizer> inner{"sgd"};
  double weight_decay = 0.01;
  std::string how = "decoupled";
  std::string on = "all";

  template <class F>
  void fields(F&& field) {
    field("inner", inner, "", "rule whose weights decay");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)",
          "weight decay, multiplied by eps unless it is coupled", "log(1e-4, 1)");
    field("how", how, "decoupled|coupled|cautious", "beside the step, in g, or where both agree");
    field("on", on, "all|weights", "all blocks, or all but biases and gains");
  }

  double decay(const StepInfo& info, const Block& block) const {
    return how == "decoupled" && takes(block) ? 1 - info.learning_rate * weight_decay : 1;
  }

  template <class Work>
  void move(const StepInfo& info, FirstOrder& rule, const Work& work) const {
    const auto scratch = work.scratch[0];
    const auto each = [&](auto f, auto first, auto second) {
      for (const Block& block : work.layout.blocks())
        if (takes(block)) sweep(work.threads, f, block.of(first), block.of(second));
    };
    const Real shrink = Real(info.learning_rate * weight_decay);
    if (how == "coupled") {
      for (const Block& block : work.layout.blocks())
        std::ranges::copy(block.of(work.gradient), block.of(scratch).begin());
      each([lambda = Real(weight_decay)](Real& g, Real theta) { g = g + lambda * theta; }, scratch,
           work.theta);
      rule.move(info, scratch, work.theta);
    } else if (how == "decoupled") {
      for (const Block& block : work.layout.blocks())
        if (takes(block))
          sweep(
              work.threads,
              [kept = Real(decay(info, block))](Real& theta) { theta = kept * theta; },
              block.of(work.theta));
      rule.move(info, work.gradient, work.theta);
    } else {
      for (const Block& block : work.layout.blocks())  // the rule's own decay is no step
        sweep(
            work.threads,
            [c = Real(rule.decay(info, block))](Real theta, Real& kept) { kept = c * theta; },
            block.of(std::span<const Real>(work.theta)), block.of(scratch));
      rule.move(info, work.gradient, work.theta);
      each(
          [shrink](Real& theta, Real before) {
            const Real inward = same_sign(before - theta, before);
            theta = theta - inward * (shrink * before);
          },
          work.theta, scratch);
    }
  }

 private:
  bool takes(const Block& block) const { return on == "all" || is_decayed(block.kind); }
};

}  // namespace ravine
