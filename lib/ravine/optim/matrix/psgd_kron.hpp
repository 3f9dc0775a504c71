#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ravine/core/portable.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/optim/matrix/on_matrices.hpp"
#include "ravine/optim/matrix/orthogonal_momentum.hpp"

namespace ravine {

/// PSGD with a Kronecker product that whitens the gradient, fitted by a step of its own.
///
///   H = P_L G P_R, with the P of the last step
///   beta_t = min((t - 1) / t, beta);   m <- beta_t m + (1 - beta_t) H
///   theta <- theta - eps (m + lambda theta)
///   for each side:  T = H H^T (or H^T H),  c = elements / side,  l = |T| + c,
///     ell <- max(0.9 ell + 0.1 l, l),  E = mu / (2 ell) (T - c I),
///     P <- (I - E) P (I - E), made symmetric
///   P starts as (mean of G^4 + 1e-36)^(-1/8) I; every 100 steps both P get the same largest
///   element
///
/// Li (2018, 2024) and the author's code (psgd_torch, KronWhiten with dQ = QUAD), whose defaults
/// these are. At rest H H^T = c I on average: P is the inverse root of the gradient's covariance. A
/// side longer than `max_size`, or whose square is more than `max_skew` times the elements, has a
/// diagonal P, and then T is the diagonal and |T| its largest element.
/// **Deviates:** |T| is the Frobenius norm where the code estimates the spectral one from below,
/// and P is balanced at fixed steps where the code draws lots, so that no step depends on chance.
/// Rows and columns whose gradient is 0 do not count in c and keep their P, which the code bounds
/// by noise, and H is not clipped.
/// Decay (lambda) is ours.
struct PsgdKron {
  static constexpr std::string_view kName = "psgd_kron";
  static constexpr std::array<std::string_view, 4> kState = {"m", "p_l", "p_r", "ell"};
  static constexpr std::size_t kScratch = 4;
  static constexpr RateRange kLearningRate = {0.001, "log(1e-5, 0.1)"};
  static constexpr std::array<std::string_view, 1> kFixed = {"max_skew"};  // it shapes the state
  static constexpr OthersDefaults kOthers = {"products", "adamw(weight_decay=0)", 1};
  double beta = 0, rate = 0.1, max_skew = 1, weight_decay = 0;
  std::int64_t max_size = 8192;

  template <class F>
  void fields(F&& field) {
    field({"beta", "momentum"}, beta, "[0, 1)", "decay rate of the mean whitened gradient",
          "one_minus_log(0.5, 0.99)");
    field({"rate", "lr_preconditioner"}, rate, "(0, 1]", "learning rate of the preconditioner (mu)",
          "log(0.01, 1)");
    field("max_skew", max_skew, "(0, inf)", "most elements of a P, divided by those of the weight");
    field("max_size", max_size, "[1, 8192]", "longest side whose P is a matrix");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
  }

  MatrixShape state_shape(std::size_t k, const Block& block) const {
    if (k == 0) return {block.rows, block.cols};
    if (k == 3) return {1, 2};
    const std::size_t side = k == 1 ? block.rows : block.cols;
    return {is_full(block, side) ? side : 1, side};
  }
  MatrixShape scratch_shape(std::size_t k, const Block& block) const {
    if (k < 2) return {block.rows, block.cols};
    const std::size_t side = std::max(is_full(block, block.rows) ? block.rows : 0,
                                      is_full(block, block.cols) ? block.cols : 0);
    return {std::max<std::size_t>(1, side), std::max(block.rows, block.cols)};
  }
  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const MatrixView<Real> h = work.scratch[0];
    if (work.state[3](0, 0) == 0 && squared_norm(work.threads, work.gradient.elements()) > 0)
      begin_at(work);
    whiten(work, h);
    const double t = static_cast<double>(info.step), kept = std::min((t - 1) / t, beta);
    const Real keep = Real(kept), take = Real(1 - kept);
    const auto m = work.state[0].elements();
    for_elements(work.threads, m.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) m[i] = keep * m[i] + take * h.data[i];
    });
    decayed_step(work.threads, decay(info), info.learning_rate, work.state[0], work.theta);
    const auto [rows, cols] = lines_with_gradient(work, h);
    if (rows > 0) {  // else there is nothing to fit
      fit(work, h, true, cols);
      fit(work, h, false, rows);
    }
    if (info.step % kBalanceEvery == 0) balance(work);
    clear_subnormals(work);
  }

 private:
  static constexpr std::int64_t kBalanceEvery = 100;

  bool is_full(const Block& block, std::size_t side) const {
    const double n = static_cast<double>(side);
    return side <= static_cast<std::size_t>(max_size) &&
           n * n <= max_skew * static_cast<double>(block.size());
  }
  static bool is_full(MatrixView<const Real> p) { return p.rows == p.cols; }

  template <class Work>
  static void begin_at(const Work& work) {
    const double fourth = parallel_sum(
        work.threads, work.gradient.size(), 16384, [&](std::size_t begin, std::size_t end) {
          double sum = 0;
          for (std::size_t i = begin; i < end; ++i) {
            const double square = double{work.gradient.data[i]} * double{work.gradient.data[i]};
            sum += square * square;
          }
          return sum;
        });
    const double mean = fourth / static_cast<double>(work.gradient.size());
    const Real scale = Real(1 / std::sqrt(std::sqrt(std::sqrt(mean + 1e-36))));
    for (const MatrixView<Real> p : {work.state[1], work.state[2]})
      for (std::size_t i = 0; i < p.cols; ++i) p(is_full(p) ? i : 0, i) = scale;
  }

  // H = P_L G P_R
  template <class Work>
  static void whiten(const Work& work, MatrixView<Real> h) {
    const MatrixView<Real> left = work.state[1], right = work.state[2], half = work.scratch[1];
    if (is_full(left)) {
      affine(work.threads, left, work.gradient, {}, half);
    } else {
      for (std::size_t i = 0; i < h.rows; ++i)
        for (std::size_t j = 0; j < h.cols; ++j) half(i, j) = left(0, i) * work.gradient(i, j);
    }
    if (is_full(right)) return affine(work.threads, half, right, {}, h);
    for (std::size_t i = 0; i < h.rows; ++i)
      for (std::size_t j = 0; j < h.cols; ++j) h(i, j) = half(i, j) * right(0, j);
  }

  // Both factors must expect the same sum of squares, or one grows and the other shrinks for ever.
  template <class Work>
  static std::array<double, 2> lines_with_gradient(const Work& work, MatrixView<const Real> h) {
    const std::span<Real> seen = work.scratch[2].elements().first(h.cols);
    std::ranges::fill(seen, Real{0});
    double rows = 0, cols = 0;
    for (std::size_t i = 0; i < h.rows; ++i) {
      bool any = false;
      for (std::size_t j = 0; j < h.cols; ++j)
        if (h(i, j) != 0) any = true, seen[j] = 1;
      rows += any;
    }
    for (const Real one : seen) cols += double{one};
    return {rows, cols};
  }

  // c: the sum of squares of a line of whitened elements
  template <class Work>
  void fit(const Work& work, MatrixView<const Real> h, bool left, double c) const {
    const MatrixView<Real> p = work.state[left ? 1 : 2];
    const std::size_t n = p.cols;
    Real& ell = work.state[3](0, left ? 0 : 1);
    const auto error_rate = [&](double norm) {
      const double l = norm + c;
      ell = Real(std::max(0.9 * double{ell} + 0.1 * l, l));
      return rate / (2 * double{ell});
    };
    if (is_full(p)) {
      const MatrixView<Real> t(work.scratch[2].data, n, n), next(work.scratch[3].data, n, n);
      left ? product_with_own_transpose(work.threads, h, t)
           : own_transpose_product(work.threads, h, t);
      const double step = error_rate(std::sqrt(squared_norm(work.threads, t.elements())));
      // t becomes I - E
      OrthogonalMomentum::scale(work.threads, t, -step);
      for (std::size_t i = 0; i < n; ++i) t(i, i) = t(i, i) == 0 ? 1 : t(i, i) + Real(1 + step * c);
      affine(work.threads, t, p, {}, next);
      affine(work.threads, next, t, {}, p);
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) p(i, j) = p(j, i) = Real(0.5) * (p(i, j) + p(j, i));
      return;
    }
    const std::span<Real> t = work.scratch[2].elements().first(n);
    std::ranges::fill(t, Real{0});
    for (std::size_t i = 0; i < h.rows; ++i)
      for (std::size_t j = 0; j < h.cols; ++j) t[left ? i : j] += h(i, j) * h(i, j);
    const double step = error_rate(double{*std::max_element(t.begin(), t.end())});
    for (std::size_t i = 0; i < n; ++i) {
      if (t[i] == 0) continue;
      const double gain = 1 - step * (double{t[i]} - c);
      p(0, i) = Real(double{p(0, i)} * gain * gain);
    }
  }

  template <class Work>
  static void balance(const Work& work) {
    const auto largest = [](MatrixView<const Real> p) {
      double most = 0;
      for (const Real x : p.elements()) most = std::max(most, std::abs(double{x}));
      return most;
    };
    const double left = largest(work.state[1]), right = largest(work.state[2]);
    if (!(left > 0 && right > 0)) return;
    const double mean = std::sqrt(left * right);
    OrthogonalMomentum::scale(work.threads, work.state[1], mean / left);
    OrthogonalMomentum::scale(work.threads, work.state[2], mean / right);
  }
};

}  // namespace ravine
