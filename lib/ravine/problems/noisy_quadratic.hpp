#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ravine/problems/problem.hpp"

namespace ravine {

/// The noisy quadratic model, which explains how training time depends on the batch size.
///
///   L(theta) = 1/2 sum_i h_i theta_i^2,  h_i = 1 / i
///   a batch of B examples sees the gradient h_i theta_i + sqrt(c_i / B) xi_i,  xi_i ~ N(0, 1),
///   c_i = noise h_i,  theta_i(0) ~ N(0, 1)
///
/// Zhang et al. (2019), section 3. Within a step the objective is one function, L(theta) plus the
/// linear term of its noise. The examples only count: each batch draws its noise anew.
struct RAVINE_EXPORT NoisyQuadratic {
  static constexpr std::string_view kName = "noisy_quadratic";
  static constexpr std::size_t kExamples = 65536;
  std::int64_t dimension = 10000;
  double noise = 1;

  template <class F>
  void fields(F&& field) {
    field("dimension", dimension, "[1, 1000000]", "number of variables");
    field("noise", noise, "[0, inf)", "variance of the gradient at batch size 1, over h_i");
  }
  std::shared_ptr<const Problem> build() const;

  double curvature(std::int64_t i) const { return 1 / static_cast<double>(i); }  // h_i, i from 1
  double variance(std::int64_t i) const { return noise * curvature(i); }         // c_i

  /// E L(theta_t) of SGD at a constant rate eps, over starts and noise, exactly:
  ///
  ///   sum_i r_i^(2t) h_i / 2 + (1 - r_i^(2t)) eps c_i / (2 B (2 - eps h_i)),  r_i = 1 - eps h_i
  double expected_sgd_loss(double learning_rate, std::int64_t batch_size, std::int64_t steps) const;

  /// E L in the long run under momentum, v <- alpha v - eps g; alpha = 0 is SGD:
  ///
  ///   sum_i (1 + alpha) eps c_i / (2 B (1 - alpha) (2 (1 + alpha) - eps h_i))
  double stationary_loss(double learning_rate, double alpha, std::int64_t batch_size) const;

  /// Steps of SGD after which the expected loss has fallen to `target`; -1 if it never does.
  std::int64_t sgd_steps_to(double target, double learning_rate, std::int64_t batch_size) const;
};

}  // namespace ravine
