#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "ravine/optim/matrix/orthogonal_momentum.hpp"

namespace ravine {

/// Scion: conditional gradient, each kind of block in the ball of a norm of its own.
///
///   m <- (1 - alpha) m + alpha g;   theta <- (1 - eps) theta - eps rho lmo(m)
///
///   hidden weights, kernels  rho = radius         lmo = sqrt(out / in) O
///   the first weight         rho = radius         lmo = max(1, sqrt(out / in)) O
///   the output's weight      rho = output_radius  lmo = sign(m) / in
///   embeddings               rho = radius         each row of m over its root mean square
///   biases, gains            rho = vector_radius  m over its root mean square
///
/// Pethick et al. (2025), Algorithm 1 with Tables 2 and 3, and their code; O is the iteration of
/// `orthogonalization` on m. `unconstrained` leaves the factor 1 - eps out (their Algorithm 2,
/// unconstrained Scion), so that theta may leave the ball.
/// **Deviates:** `alpha`, one minus what other rules call momentum, is 0.1 as in the authors'
/// experiments; the default of their code is 1. Newton-Schulz gives O only up to factors in
/// [0.68, 1.21], so the ball reaches 1.21 rho; orthogonalization=polar has the ball itself. A
/// kernel is treated as the matrix of its product, of k^2 in inputs, where their SpectralConv has
/// sqrt(out / in) / k^2. theta_0 comes from the initializer of the trial: theirs starts on the
/// sphere.
struct Scion : OrthogonalMomentum {
  static constexpr std::string_view kName = "scion";
  static constexpr std::array<std::string_view, 1> kState = {"m"};
  static constexpr RateRange kLearningRate = {0.001, "log(1e-4, 0.1)"};
  static constexpr double kGuard = 1e-8;
  double alpha = 0.1;
  double radius = 50, output_radius = 3000, vector_radius = 1;
  bool unconstrained = false;

  template <class F>
  void fields(F&& field) {
    field({"alpha", "momentum"}, alpha, "(0, 1]", "share of the gradient in its mean",
          "log(0.01, 1)");
    field({"radius", "scale"}, radius, "(0, inf)", "radius of the balls of hidden weights",
          "log(1, 100)");
    field("output_radius", output_radius, "(0, inf)", "radius of the ball of the output's weight",
          "log(10, 1e4)");
    field("vector_radius", vector_radius, "(0, inf)", "radius of the balls of biases and gains");
    field("unconstrained", unconstrained, "", "leave out the pull towards 0");
    iteration_fields(field);
  }

  double decay(const StepInfo& info) const { return unconstrained ? 1 : 1 - info.learning_rate; }

  void meet(const ParameterLayout& layout) {
    first_.clear();
    for (const Block& block : layout.blocks())
      if (first_.empty() && is_product(block.kind)) first_ = block.name;
  }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const Real keep = Real(1 - alpha), take = Real(alpha);
    const Real* const g = work.gradient.data;
    Real *const m = work.state[0].data, *const u = work.scratch[0].data;
    for_elements(work.threads, work.gradient.size(), [=](std::size_t begin, std::size_t end) {
#pragma omp simd
      for (std::size_t i = begin; i < end; ++i) u[i] = m[i] = keep * m[i] + take * g[i];
    });
    const double rho = minimize(work);
    decayed_step(work.threads, unconstrained ? 1 : 1 - info.learning_rate, info.learning_rate * rho,
                 work.scratch[0], work.theta);
    clear_subnormals(work);
  }

 private:
  /// Turns the first scratch from m into the lmo, up to the factor that it returns, times rho.
  template <class Work>
  double minimize(const Work& work) const {
    const Block& block = work.block;
    const double in = static_cast<double>(block.rows), out = static_cast<double>(block.cols);
    const MatrixView<Real> u = work.scratch[0];
    if (block.kind == BlockKind::kOutput) {
      for (Real& x : u.elements()) x = Real(x > 0) - Real(x < 0);
      return output_radius / in;
    }
    if (is_product(block.kind)) {
      orthogonalize(work);
      const double ratio = std::sqrt(out / in);
      return radius * (block.name == first_ ? std::max(1.0, ratio) : ratio);
    }
    for (std::size_t i = 0; i < u.rows; ++i) {
      const MatrixView<Real> row(u.row(i), 1, u.cols);
      const double mean_square = squared_norm(work.threads, row.elements()) / out;
      OrthogonalMomentum::scale(work.threads, row, 1 / (std::sqrt(mean_square) + kGuard));
    }
    return block.kind == BlockKind::kEmbedding ? radius : vector_radius;
  }

  std::string first_;
};

}  // namespace ravine
