#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/blockwise.hpp"
#include "ravine/optim/sweeps.hpp"

namespace ravine {

/// Adafactor: Adam's denominator from the means of rows and columns, with steps in proportion to
/// the weights.
///
///   beta_t = 1 - t^beta2_decay
///   R, C <- beta_t (R, C) + (1 - beta_t) (means of g^2 over each row, over each column)
///   V = R C / mean(R), of vectors: V <- beta_t V + (1 - beta_t) g^2
///   U = g / sqrt(max(V, epsilon1^2));   U <- U / max(1, rms(U) / d)
///   theta <- (1 - eps lambda) theta - max(epsilon2, rms(theta)) min(eps, 1 / sqrt(t)) U
///
/// rms(theta) before the decay. Shazeer and Stern (2018), Algorithm 5, without momentum; defaults
/// and order: torch.optim.Adafactor.
/// **Deviates:** where torch takes max(mean(R), epsilon1), which acts on gradients below 3e-4, only
/// 0 is guarded against. epsilon1 is that of single precision in every build.
struct Adafactor {
  static constexpr std::string_view kName = "adafactor";
  static constexpr std::array<std::string_view, 3> kState = {"R", "C", "V"};
  static constexpr std::size_t kScratch = 1;
  static constexpr std::array<std::string_view, 1> kFixed = {"beta2_decay"};
  static constexpr RateRange kLearningRate = {0.01, "log(1e-4, 1)"};
  double beta2_decay = -0.8;
  double epsilon1 = 0x1p-23;
  double epsilon2 = 1e-3;
  double d = 1;
  double weight_decay = 0;

  template <class F>
  void fields(F&& field) {
    field("beta2_decay", beta2_decay, "(-inf, 0]", "power of t at which means grow longer",
          "linear(-1, -0.5)");
    field("epsilon1", epsilon1, "(0, inf)", "least root that divides");
    field("epsilon2", epsilon2, "(0, inf)", "least rms of theta that counts", "log(1e-6, 0.1)");
    field({"d", "clip_threshold"}, d, "(0, inf)", "largest rms of U");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
  }

  static bool is_matrix(const Block& block) { return block.rows > 1 && block.cols > 1; }
  MatrixShape state_shape(std::size_t k, const Block& block) const {
    if (k == 2) return is_matrix(block) ? MatrixShape{} : MatrixShape{block.rows, block.cols};
    if (!is_matrix(block)) return {};
    return k == 0 ? MatrixShape{1, block.rows} : MatrixShape{1, block.cols};
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const auto theta = work.theta.elements(), u = work.scratch[0].elements();
    const auto g = work.gradient.elements();
    const double t = static_cast<double>(info.step), fresh = portable_power(t, beta2_decay);
    const Real take = Real(fresh), keep = Real(1 - fresh), floor = Real(epsilon1 * epsilon1);
    double square = 0;
    if (is_matrix(work.block)) {
      follow_means(work, fresh);
      const auto rows = work.state[0].elements(), cols = work.state[1].elements();
      const double mean = sum(work.threads, rows) / static_cast<double>(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i)
        square += sweep_sum(
            Threads{},
            [floor, r = Real(mean > 0 ? double{rows[i]} / mean : 0)](Real slope, Real c,
                                                                     Real& out) {
              out = slope / std::sqrt(std::max(r * c, floor));
              return double{out} * double{out};
            },
            work.gradient.row(i), cols, work.scratch[0].row(i));
    } else {
      square = sweep_sum(
          work.threads,
          [=](Real slope, Real& v, Real& out) {
            v = keep * v + take * (slope * slope);
            out = slope / std::sqrt(std::max(v, floor));
            return double{out} * double{out};
          },
          g, work.state[2].elements(), u);
    }
    const double n = static_cast<double>(theta.size());
    const double weights = std::sqrt(squared_norm(work.threads, theta) / n);
    const double length =
        std::max(epsilon2, weights) * std::min(info.learning_rate, 1 / std::sqrt(t));
    const Real eps = Real(length / std::max(1.0, std::sqrt(square / n) / d));
    sweep(
        work.threads,
        [eps, kept = Real(decay(info))](Real& at, Real x) { at = kept * at - eps * x; }, theta, u);
  }

 private:
  template <class Work>
  static void follow_means(const Work& work, double fresh) {
    const auto rows = work.state[0].elements(), cols = work.state[1].elements();
    const double m = static_cast<double>(rows.size()), n = static_cast<double>(cols.size());
    const Real keep = Real(1 - fresh), share = Real(fresh / m);
    for (Real& c : cols) c = keep * c;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double mean = squared_norm(Threads{}, work.gradient.row(i)) / n;
      rows[i] = Real((1 - fresh) * double{rows[i]} + fresh * mean);
      sweep(
          Threads{}, [share](Real g, Real& c) { c += share * (g * g); }, work.gradient.row(i),
          cols);
    }
  }
};

}  // namespace ravine
