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

/// A cautious rule: elements whose update the gradient of the moment contradicts stay, and the
/// others move the further.
///
///   u = the update that the rule subtracts from c theta;   mask_i = 1 where u_i g_i > 0, else 0
///   theta <- c theta - mask / max(mean(mask), 1e-3) u     mean by block
///
/// with the rule's own weight decay in c, untouched. Liang, Chen, Liu and Liu (2024), Algorithm 1:
/// cautious(inner=adamw) is C-AdamW, cautious(inner=lion) C-Lion. Where all agree the bits are
/// those of the rule.
/// **Deviates:** u is theta before less theta after, in which a rounding of theta remains. Rules
/// whose theta is an average are refused.
struct Cautious {
  static constexpr std::string_view kName = "cautious";
  static constexpr std::size_t kScratch = 1;
  static constexpr bool kMovesTheta = true;
  Nested<Optimizer> inner{"adamw"};

  template <class F>
  void fields(F&& field) {
    field("inner", inner, "", "rule whose updates are masked");
  }

  template <class Work>
  void move(const StepInfo& info, FirstOrder& rule, const Work& work) const {
    const auto before = work.scratch[0];
    for (const Block& block : work.layout.blocks()) {
      const auto from = block.of(work.theta);
      sweep(
          work.threads,
          [c = Real(rule.decay(info, block))](Real theta, Real& kept) { kept = c * theta; }, from,
          block.of(before));
    }
    rule.move(info, work.gradient, work.theta);
    for (const Block& block : work.layout.blocks()) {
      const auto theta = block.of(work.theta), kept = block.of(before);
      const auto g = block.of(work.gradient);
      const double agreeing = sweep_sum(
          work.threads,
          [](Real after, Real at, Real slope) { return double{same_sign(at - after, slope)}; },
          theta, kept, g);
      const double mean = agreeing / static_cast<double>(block.size());
      if (mean == 1) continue;
      sweep(
          work.threads,
          [scale = Real(1 / std::max(mean, 1e-3))](Real& after, Real at, Real slope) {
            const Real step = after - at;
            after = at + same_sign(-step, slope) * (scale * step);
          },
          theta, kept, g);
    }
  }
};

}  // namespace ravine
