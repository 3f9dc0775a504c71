#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "ravine/problems/problem.hpp"

namespace ravine {

/// The numbers of quadratic_deep: Q (100 x 100, row by row) and the rows of x.
struct DeepQuadraticData {
  static constexpr std::size_t kSize = 100, kTrain = 1000, kTest = 896;
  std::vector<double> eigenvalues;  // 90 ~ U(0, 1), then 10 ~ U(30, 60)
  std::vector<double> q;            // R' diag(eigenvalues) R
  std::vector<double> train, test;  // kTrain and kTest rows, rounded to float as in the original
};

/// Draws them as DeepOBS does, with numpy's generator: seed 42, and 43 for the test rows. R is a
/// random rotation (Diaconis and Shahshahani 1987, subgroup algorithm).
RAVINE_EXPORT DeepQuadraticData make_deep_quadratic();

/// The noisy quadratic of DeepOBS in 100 dimensions, whose curvatures imitate those of a deep
/// network: 90 below 1, 10 between 30 and 60.
///
///   L(theta) = mean over the batch of 1/2 (theta - x)' Q (theta - x),  x ~ N(0, 0.36 I)
///
/// Schneider, Balles and Hennig (2019); Chaudhari et al. (2017). Start (1, ..., 1), whatever the
/// initializer. Train metrics are over the 1000 training rows, test metrics over the first 896
/// test rows: whole batches of 128, as published.
class RAVINE_EXPORT DeepQuadratic final : public Problem {
 public:
  DeepQuadratic();
  ~DeepQuadratic() override;

  const ParameterLayout& layout() const override { return layout_; }
  std::size_t train_end() const override { return DeepQuadraticData::kTrain; }
  void initialize(const Initializer& initializer, std::uint64_t seed,
                  std::span<Real> theta) const override;
  std::unique_ptr<Session> start(std::uint64_t seed, std::size_t batch_size,
                                 Threads threads) const override;
  Capabilities offers() const override {
    return {Capability::kGradient, Capability::kHessianProducts, Capability::kGaussNewtonProducts};
  }
  std::vector<std::string_view> metrics() const override {
    return {"objective", "train_loss", "test_loss"};
  }
  double flops_per_example() const override { return 2.0 * DeepQuadraticData::kSize; }

 private:
  struct Model;
  class QuadraticSession;
  ParameterLayout layout_;
  std::shared_ptr<const Model> model_;
};

/// The row of the catalog. Trials follow the protocol of the published curves unless they say
/// otherwise: a batch size of 128, one shuffle for all epochs, the remainder dropped, and no loss
/// too large to go on (published runs of Adam come back from 2e4 times the loss at the start). The
/// fixed shuffle is inferred: only with it are the published curves met.
struct DeepQuadraticFields {
  static constexpr std::string_view kName = "quadratic_deep";
  static TrialDefaults trial_defaults() {
    return {.batch_size = 128, .shuffle = "fixed", .keep_last = false, .divergence = "never"};
  }
  template <class F>
  void fields(F&&) {}
  std::shared_ptr<const Problem> build() const { return std::make_shared<DeepQuadratic>(); }
};

}  // namespace ravine
