#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "ravine/linalg/panels.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/blockwise.hpp"
#include "ravine/optim/matrix/newton_schulz.hpp"

namespace ravine {

/// The direction that the rules of Muon's family share:
///
///   m <- beta m + (1 - beta) g;   u = (1 - beta) g + beta m  (nesterov)  or  u = m
///   O = the iteration of `orthogonalization` on u / (|u| + 1e-7)
///
/// polar_express divides by 1.02 |u| + 1e-7. |.| is the Frobenius norm.
struct OrthogonalMomentum {
  static constexpr std::size_t kScratch = 4;
  static constexpr double kSmallNorm = 1e-7;
  double beta = 0.95;
  bool nesterov = true;
  std::string orthogonalization = "newton_schulz";
  std::int64_t steps = 0;

  // Declared, because GCC 12 takes the strings of nested aggregates for uninitialized.
  OrthogonalMomentum() = default;

  template <class F>
  void fields(F&& field) {
    field({"beta", "momentum"}, beta, "[0, 1)", "decay rate of the mean gradient",
          "one_minus_log(0.5, 0.99)");
    field("nesterov", nesterov, "", "orthogonalize (1 - beta) g + beta m in place of m");
    iteration_fields(field);
  }
  template <class F>
  void iteration_fields(F&& field) {
    field("orthogonalization", orthogonalization, kQuinticNames,
          "iteration that brings singular values to 1; five steps on an m x m weight cost 10 m / "
          "(3 B) "
          "times its training step at batch size B");
    field({"steps", "ns_steps"}, steps, "[0, 100]", "steps of the iteration; 0 takes all it lists");
  }

  MatrixShape scratch_shape(std::size_t k, const Block& block) const {
    const std::size_t side = std::min(block.rows, block.cols);
    return k < 2 ? MatrixShape{block.rows, block.cols} : MatrixShape{side, side};
  }

  /// Moves m, which is the first state, and returns O, which is the first scratch. `clamped`: the
  /// divisor is max(|u|, 1e-7).
  template <class Work>
  MatrixView<Real> direction(const Work& work, bool clamped = false) const {
    const Real keep = Real(beta), take = Real(1 - beta);
    const Real* const g = work.gradient.data;
    Real *const m = work.state[0].data, *const u = work.scratch[0].data;
    for_elements(work.threads, work.gradient.size(), [=, this](std::size_t begin, std::size_t end) {
      if (nesterov)
#pragma omp simd
        for (std::size_t i = begin; i < end; ++i) {
          m[i] = keep * m[i] + take * g[i];
          u[i] = take * g[i] + keep * m[i];
        }
      else
#pragma omp simd
        for (std::size_t i = begin; i < end; ++i) u[i] = m[i] = keep * m[i] + take * g[i];
    });
    orthogonalize(work, clamped);
    return work.scratch[0];
  }

  /// The iteration on the first scratch, which it replaces.
  template <class Work>
  void orthogonalize(const Work& work, bool clamped = false) const {
    const MatrixView<Real> u = work.scratch[0];
    const double norm = std::sqrt(squared_norm(work.threads, u.elements()));
    const double margin = orthogonalization == "polar_express" ? 1.02 : 1;
    const double divisor = clamped ? std::max(norm, kSmallNorm) : margin * norm + kSmallNorm;
    scale(work.threads, u, 1 / divisor);
    const std::span<const Quintic> all = quintics(orthogonalization);
    const std::size_t count = steps > 0 ? static_cast<std::size_t>(steps) : all.size();
    iterate_quintics(work.threads, all, count, u,
                     {work.scratch[2], work.scratch[3], work.scratch[1]});
  }

  static void scale(Threads threads, MatrixView<Real> x, double factor) {
    const Real c = Real(factor);
    Real* const data = x.data;
    for_elements(threads, x.size(), [=](std::size_t begin, std::size_t end) {
#pragma omp simd
      for (std::size_t i = begin; i < end; ++i) data[i] *= c;
    });
  }
};

/// Sets what is subnormal in the states of a block to zero. Processors take up to a hundred times
/// as long for an operation on such a number, and a decaying average never leaves them by itself.
template <class Work>
void clear_subnormals(const Work& work) {
  for (const MatrixView<Real>& state : work.state) {
    Real* const x = state.data;
    for_elements(work.threads, state.size(), [=](std::size_t begin, std::size_t end) {
#pragma omp simd
      for (std::size_t i = begin; i < end; ++i)
        x[i] = std::abs(x[i]) < std::numeric_limits<Real>::min() ? Real{0} : x[i];
    });
  }
}

/// theta <- keep theta - rate u
inline void decayed_step(Threads threads, double keep, double rate, MatrixView<const Real> u,
                         MatrixView<Real> theta) {
  const Real c = Real(keep), eps = Real(rate);
  const Real* const from = u.data;
  Real* const to = theta.data;
  for_elements(threads, theta.size(), [=](std::size_t begin, std::size_t end) {
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) to[i] = c * to[i] - eps * from[i];
  });
}

}  // namespace ravine
