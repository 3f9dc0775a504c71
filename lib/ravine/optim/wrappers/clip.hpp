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

/// Gradient clipping around a rule, which gets a shorter gradient where it is too long.
///
///   by=norm:   g <- g min(1, threshold / |g|)     over everything
///   by=block:  g_b <- g_b min(1, threshold / |g_b|)     for every block
///   by=value:  g_i <- min(threshold, max(-threshold, g_i))
///
/// Pascanu, Mikolov and Bengio (2013), Algorithm 1. In a partition "everything" is the part.
/// **Deviates:** PyTorch adds 1e-6 to the norm.
struct Clip {
  static constexpr std::string_view kName = "clip";
  static constexpr std::size_t kScratch = 1;
  static constexpr bool kMovesTheta = false;
  Nested<Optimizer> inner{"sgd"};
  std::string by = "norm";
  double threshold = 1;

  template <class F>
  void fields(F&& field) {
    field("inner", inner, "", "rule that takes the clipped gradient");
    field("by", by, "norm|block|value", "what is too long: the gradient, its block, an element");
    field({"threshold", "max_norm"}, threshold, "(0, inf)", "largest norm or value",
          "log(0.01, 100)");
  }

  template <class Work>
  void move(const StepInfo& info, FirstOrder& rule, const Work& work) const {
    const auto shorter = [&](double square) {
      const double norm = std::sqrt(square);
      return norm > threshold ? threshold / norm : 1;
    };
    double factor = 1;
    if (by == "norm")
      factor = shorter(block_squared_norm(work.threads, work.layout, work.gradient));
    for (const Block& block : work.layout.blocks()) {
      const auto g = block.of(work.gradient);
      const auto out = block.of(work.scratch[0]);
      if (by == "block") factor = shorter(squared_norm(work.threads, g));
      if (by == "value")
        sweep(
            work.threads,
            [most = Real(threshold)](Real x, Real& y) { y = std::min(std::max(x, -most), most); },
            g, out);
      else
        sweep(
            work.threads, [f = Real(factor)](Real x, Real& y) { y = f * x; }, g, out);
    }
    rule.move(info, work.scratch[0], work.theta);
  }
};

}  // namespace ravine
