#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ravine/problems/problem.hpp"

namespace ravine {

/// Least squares on labels y = +-1, built so that adaptive rates learn the wrong rule.
///
///   L(w) = 1 / (2 n) |X w - y|^2,  start w = 0
///   x_i = (y_i, 1, 1, private features: 1 of a positive, 5 of a negative example, each 1)
///
/// Wilson et al. (2017), section 3.3. From 0, gradient descent and momentum find the solution of
/// least norm, which classifies every fresh example (it has private features of its own, never
/// seen, so only the first three weights count); rules whose steps depend on the sign of the
/// gradient find w = sign(X' y) / 4, which calls everything positive. Test metrics are over fresh
/// examples with the training set's share of positives.
struct RAVINE_EXPORT Wilson {
  static constexpr std::string_view kName = "wilson";
  static TrialDefaults trial_defaults() { return {.batch_size = 0}; }  // as published
  static constexpr std::size_t kShared = 3, kPrivate = 5;  // columns; kPrivate for each example
  std::int64_t positives = 6;
  std::int64_t negatives = 3;

  template <class F>
  void fields(F&& field) {
    field("positives", positives, "[1, 100000]", "examples with y = 1; must outnumber the others");
    field("negatives", negatives, "[1, 100000]", "examples with y = -1");
  }
  /// Throws Error unless positives > negatives.
  std::shared_ptr<const Problem> build() const;

  std::size_t examples() const { return static_cast<std::size_t>(positives + negatives); }
  /// y of example i: the positive ones come first.
  double label(std::size_t i) const { return i < static_cast<std::size_t>(positives) ? 1 : -1; }
  /// First and number of the private columns of example i that are 1.
  std::size_t first_private(std::size_t i) const { return kShared + kPrivate * i; }
  std::size_t private_count(std::size_t i) const { return label(i) > 0 ? 1 : kPrivate; }
  /// What weights say about a fresh example of class y.
  static double fresh_score(std::span<const Real> w, double y) {
    return y * static_cast<double>(w[0]) + static_cast<double>(w[1]) + static_cast<double>(w[2]);
  }
};

}  // namespace ravine
