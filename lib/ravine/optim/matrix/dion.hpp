#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ravine/core/portable.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/optim/matrix/inverse_root.hpp"
#include "ravine/optim/matrix/on_matrices.hpp"
#include "ravine/optim/matrix/orthogonal_momentum.hpp"

namespace ravine {

/// Dion: an orthogonal step of low rank, with what it leaves out kept for later steps.
///
///   M <- M + G;   P = Q of the QR decomposition of M Q;   R = M^T P
///   M <- M - (1 - mu) P R^T;   Q <- R with columns of length 1
///   theta <- (1 - eps lambda) theta - eps sqrt(out / in) P Q^T
///
/// Ahn, Xu, Abreu, Fan, Magakyan, Sharma, Zhan and Langford (2025), Algorithm 1, and their code
/// (microsoft/dion), for weights of (out, in) and Q of (in, rank); its defaults. A rank above the
/// shorter side is that side: then P Q^T is orthogonal up to the lengths of the columns of R, and M
/// <- mu M. Where M Q is 0, only weights decay.
/// **Deviates:** Q starts as the slowest cosines, q_k(i) = cos(pi (i + 1/2) (k + 1/2) / in), where
/// the code draws normals, so that no step depends on chance.
struct Dion {
  static constexpr std::string_view kName = "dion";
  static constexpr std::array<std::string_view, 2> kState = {"m", "q"};
  static constexpr std::size_t kScratch = 4;
  static constexpr RateRange kLearningRate = {0.01, "log(1e-3, 0.3)"};
  static constexpr OthersDefaults kOthers = {.rest_rate = 0.03};
  double mu = 0.95, weight_decay = 0.01;
  std::int64_t rank = 768;

  template <class F>
  void fields(F&& field) {
    field({"mu", "momentum"}, mu, "[0, 1)", "share of a step that stays in the momentum",
          "one_minus_log(0.5, 0.99)");
    field("rank", rank, "[1, 8192]", "rank of a step");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-3, 1)");
  }

  MatrixShape state_shape(std::size_t k, const Block& block) const {
    return {k == 0 ? block.rows : rank_of(block), k == 0 ? block.cols : block.rows};
  }
  MatrixShape scratch_shape(std::size_t k, const Block& block) const {
    if (k == 0) return {block.rows, block.cols};
    return {rank_of(block), k < 3 ? block.cols : block.rows};
  }
  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  // Everything is stored turned: M as (in, out), Q and R as (rank, in), P as (rank, out).
  template <class Work>
  void start(const Work& work) const {
    const MatrixView<Real> q = work.state[1];
    const double in = static_cast<double>(q.cols);
    for (std::size_t k = 0; k < q.rows; ++k)
      for (std::size_t i = 0; i < q.cols; ++i)
        q(k, i) = Real(
            portable_cos_pi((static_cast<double>(i) + 0.5) * (static_cast<double>(k) + 0.5) / in));
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const MatrixView<Real> m = work.state[0], q = work.state[1], step = work.scratch[0],
                           p = work.scratch[1], r = work.scratch[3];
    add(work.threads, 1, work.gradient, m);
    affine(work.threads, q, m, {}, p);
    const bool moves = squared_norm(work.threads, p.elements()) > 0;
    if (moves) {
      orthonormalize_rows(work.threads, p, work.scratch[2]);
      add_product_transposed(work.threads, p, m, r, Start::kZero);
      add_transposed_product(work.threads, r, p, step, Start::kZero);
      add(work.threads, mu - 1, step, m);
      for (std::size_t k = 0; k < r.rows; ++k) {
        const double length = std::sqrt(squared_norm(work.threads, r.row(k))) + 1e-8;
        for (std::size_t i = 0; i < r.cols; ++i) q(k, i) = Real(double{r(k, i)} / length);
      }
      add_transposed_product(work.threads, q, p, step, Start::kZero);
    }
    const double out = static_cast<double>(m.cols), in = static_cast<double>(m.rows);
    decayed_step(work.threads, decay(info), moves ? info.learning_rate * std::sqrt(out / in) : 0,
                 step, work.theta);
    clear_subnormals(work);
  }

 private:
  std::size_t rank_of(const Block& block) const {
    return std::min({static_cast<std::size_t>(rank), block.rows, block.cols});
  }
  static void add(Threads threads, double factor, MatrixView<const Real> x, MatrixView<Real> y) {
    const Real c = Real(factor);
    for_elements(threads, x.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) y.data[i] += c * x.data[i];
    });
  }
};

}  // namespace ravine
