#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include "ravine/core/portable.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/optim/matrix/inverse_root.hpp"
#include "ravine/optim/matrix/on_matrices.hpp"
#include "ravine/optim/matrix/orthogonal_momentum.hpp"

namespace ravine {

/// SOAP: Adam in the basis of Shampoo's eigenvectors.
///
///   L = (1 - beta) G G^T, R = (1 - beta) G^T G;  Q_L, Q_R their eigenvectors, largest first
///
/// at the first step, which moves nothing; then for k = 1, 2, ...
///
///   G' = Q_L^T G Q_R;   m' <- beta1 m' + (1 - beta1) G';   v <- beta2 v + (1 - beta2) G'^2
///   U = Q_L (m' / (sqrt(v) + epsilon)) Q_R^T
///   theta <- (1 - eps lambda) (theta - eps sqrt(1 - beta2^k) / (1 - beta1^k) U)
///   L <- beta L + (1 - beta) G G^T;   R likewise
///
/// Every `frequency` steps the columns of Q_L are sorted by diag(Q_L^T L Q_L), v with them, Q_L
/// becomes the Q of the QR decomposition of L Q_L, Q_R likewise, and m' is turned into the new
/// basis.
///
/// Vyas et al. (2024), Algorithm 3, and their code, where beta is `shampoo_beta`. A side longer
/// than `max_size` keeps Q = I. v is not turned with the basis, as in their code.
/// **Deviates:** vectors are left to `rest`, which makes its first step at once: in their code
/// every block skips it. L has the rank of G at first, so its null space may be turned at will, and
/// other implementations agree with this one to 1e-8, no more. In float that space holds rounding,
/// of which Adam makes steps as long as any other until L has full rank; a larger epsilon prevents
/// it.
struct Soap {
  static constexpr std::string_view kName = "soap";
  static constexpr std::array<std::string_view, 7> kState = {"m",   "v",   "l",    "r",
                                                             "q_l", "q_r", "calls"};
  static constexpr std::size_t kScratch = 5;
  static constexpr RateRange kLearningRate = {0.003, "log(1e-4, 0.1)"};
  static constexpr OthersDefaults kOthers = {
      "products", "adamw(beta1=0.95, beta2=0.95, epsilon=1e-08, weight_decay=0.01)", 1};
  double beta1 = 0.95, beta2 = 0.95, shampoo_beta = 0.95, epsilon = 1e-8, weight_decay = 0.01;
  std::int64_t frequency = 10, max_size = 8192;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field("shampoo_beta", shampoo_beta, "[0, 1)", "decay rate of L and R");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
    field({"frequency", "precondition_frequency"}, frequency, "[1, inf)",
          "steps from one turn of the bases to the next");
    field({"max_size", "max_precond_dim"}, max_size, "[1, 8192]",
          "longest side whose basis is turned");
  }

  MatrixShape state_shape(std::size_t k, const Block& block) const {
    if (k < 2) return {block.rows, block.cols};
    if (k == 6) return {1, 1};
    const std::size_t side = k == 2 || k == 4 ? block.rows : block.cols;
    return turns(side) ? MatrixShape{side, side} : MatrixShape{};
  }
  MatrixShape scratch_shape(std::size_t k, const Block& block) const {
    if (k < 3) return {block.rows, block.cols};
    const std::size_t side =
        std::max(turns(block.rows) ? block.rows : 0, turns(block.cols) ? block.cols : 0);
    return {side, side};
  }
  void meet(const ParameterLayout& layout) {
    std::size_t side = 0;
    for (const Block& block : layout.blocks())
      for (const std::size_t length : {block.rows, block.cols})
        if (turns(length)) side = std::max(side, length);
    eigen_.reserve(side);
    order_.resize(side);
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) {
    Real& calls = work.state[6](0, 0);  // whole numbers: exact up to 2^24
    const auto k = static_cast<std::int64_t>(calls);
    calls += 1;
    accumulate(work);
    if (k == 0) {
      for (const std::size_t side : {0, 1})
        if (!work.state[2 + side].empty())
          descending_eigenvectors(work.state[2 + side], work.state[4 + side], eigen_);
      return;
    }
    adam(info, work, k);
    if (k % frequency == 0) {
      from_basis(work, work.state[0], work.scratch[0]);
      for (const bool left : {true, false}) turn(work, left);
      to_basis(work, work.scratch[0], work.state[0]);
    }
    clear_subnormals(work);
  }

 private:
  bool turns(std::size_t side) const { return side <= static_cast<std::size_t>(max_size); }

  template <class Work>
  void adam(const StepInfo& info, const Work& work, std::int64_t k) const {
    to_basis(work, work.gradient, work.scratch[0]);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    const auto g = work.scratch[0].elements(), u = work.scratch[1].elements();
    const auto m = work.state[0].elements(), v = work.state[1].elements();
    for_elements(work.threads, g.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        m[i] = keep1 * m[i] + take1 * g[i];
        v[i] = keep2 * v[i] + take2 * (g[i] * g[i]);
        u[i] = m[i] / (std::sqrt(v[i]) + d);
      }
    });
    from_basis(work, work.scratch[1], work.scratch[0]);
    const double correct = std::sqrt(1 - integer_power(beta2, k)) / (1 - integer_power(beta1, k));
    const double keep = 1 - info.learning_rate * weight_decay;
    decayed_step(work.threads, keep, keep * info.learning_rate * correct, work.scratch[0],
                 work.theta);
  }

  // L and R
  template <class Work>
  void accumulate(const Work& work) const {
    const Real keep = Real(shampoo_beta), take = Real(1 - shampoo_beta);
    for (const bool left : {true, false}) {
      const MatrixView<Real> sum = work.state[left ? 2 : 3];
      if (sum.empty()) continue;
      const MatrixView<Real> gram(work.scratch[3].data, sum.rows, sum.cols);
      if (left)
        product_with_own_transpose(work.threads, work.gradient, gram);
      else
        own_transpose_product(work.threads, work.gradient, gram);
      for_elements(work.threads, sum.size(), [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
          sum.data[i] = keep * sum.data[i] + take * gram.data[i];
      });
    }
  }

  // Rows of q_l and q_r are eigenvectors. Y = q_l X q_r^T, through the third scratch.
  template <class Work>
  static void to_basis(const Work& work, MatrixView<const Real> x, MatrixView<Real> y) {
    const MatrixView<Real> half = work.scratch[2];
    if (work.state[4].empty())
      std::ranges::copy(x.elements(), half.data);
    else
      affine(work.threads, work.state[4], x, {}, half);
    if (work.state[5].empty())
      std::ranges::copy(half.elements(), y.data);
    else
      add_product_transposed(work.threads, half, work.state[5], y, Start::kZero);
  }
  // Y = q_l^T X q_r
  template <class Work>
  static void from_basis(const Work& work, MatrixView<const Real> x, MatrixView<Real> y) {
    const MatrixView<Real> half = work.scratch[2];
    if (work.state[4].empty())
      std::ranges::copy(x.elements(), half.data);
    else
      add_transposed_product(work.threads, work.state[4], x, half, Start::kZero);
    if (work.state[5].empty())
      std::ranges::copy(half.elements(), y.data);
    else
      affine(work.threads, half, work.state[5], {}, y);
  }

  // One step of orthogonal iteration for one side, with v sorted like its basis.
  template <class Work>
  void turn(const Work& work, bool left) {
    const MatrixView<Real> a = work.state[left ? 2 : 3], q = work.state[left ? 4 : 5];
    if (q.empty()) return;
    const std::size_t n = q.rows;
    const MatrixView<Real> aq(work.scratch[3].data, n, n);
    affine(work.threads, q, a, {}, aq);
    const auto estimates = std::span(eigen_.values).first(n);
    for (std::size_t i = 0; i < n; ++i) estimates[i] = dot(work.threads, aq.row(i), q.row(i));
    const auto order = std::span(order_).first(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!std::isfinite(std::accumulate(estimates.begin(), estimates.end(), 0.0))) return;
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
      return estimates[i] != estimates[j] ? estimates[i] > estimates[j] : i < j;
    });
    for (std::size_t i = 0; i < n; ++i) std::ranges::copy(aq.row(order[i]), q.row(i).data());
    sort_squares(work, left, order);
    orthonormalize_rows(work.threads, q, MatrixView<Real>(work.scratch[4].data, n, n));
  }

  template <class Work>
  static void sort_squares(const Work& work, bool rows, std::span<const std::size_t> order) {
    const MatrixView<Real> v = work.state[1], old = work.scratch[2];
    std::ranges::copy(v.elements(), old.data);
    for (std::size_t i = 0; i < v.rows; ++i)
      for (std::size_t j = 0; j < v.cols; ++j) v(i, j) = rows ? old(order[i], j) : old(i, order[j]);
  }

  EigenScratch eigen_;
  std::vector<std::size_t> order_;
};

}  // namespace ravine
