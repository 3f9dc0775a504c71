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

/// Gradient centralization around a rule: the weights of an output get gradients of mean zero.
///
///   g_ij <- g_ij - (1 / m) sum_k g_kj     for weights and kernels of m inputs
///
/// Yong, Huang, Hua and Zhang (2020), equation 1. Biases, gains and embeddings keep their
/// gradients. The sum of the weights of an output stays what it was, for every rule whose update is
/// linear in the gradient.
/// **Deviates:** embeddings are not products; the authors' code centralizes whatever has two
/// dimensions.
struct Centralize {
  static constexpr std::string_view kName = "centralize";
  static constexpr std::size_t kScratch = 1;
  static constexpr bool kMovesTheta = false;
  Nested<Optimizer> inner{"sgd"};

  template <class F>
  void fields(F&& field) {
    field("inner", inner, "", "rule that takes the centralized gradient");
  }

  template <class Work>
  void move(const StepInfo& info, FirstOrder& rule, const Work& work) const {
    for (const Block& block : work.layout.blocks()) {
      const auto out = block.of(work.scratch[0]);
      std::ranges::copy(block.of(work.gradient), out.begin());
      if (!is_product(block.kind)) continue;
      const auto row = [&](std::size_t i) { return out.subspan(i * block.cols, block.cols); };
      // The first row holds the sums for a while: g_0j is restored from the gradient.
      for (std::size_t i = 1; i < block.rows; ++i)
        sweep(
            Threads{}, [](Real& sum, Real x) { sum += x; }, row(0), row(i));
      const Real share = Real(1 / static_cast<double>(block.rows));
      for (std::size_t i = block.rows; i-- > 1;)
        sweep(
            Threads{}, [share](Real& x, Real sum) { x = x - share * sum; }, row(i), row(0));
      sweep(
          Threads{}, [share](Real& sum, Real x) { sum = x - share * sum; }, row(0),
          block.of(work.gradient).first(block.cols));
    }
    rule.move(info, work.scratch[0], work.theta);
  }
};

}  // namespace ravine
