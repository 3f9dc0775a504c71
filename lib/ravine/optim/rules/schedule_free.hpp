#pragma once

#include <array>
#include <string>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Schedule-Free SGD: an average that is trained instead of only measured.
///
///   g at y = (1 - beta) z + beta theta;   z <- z - eps g;   theta <- theta + c (z - theta)
///
/// Defazio et al. (2024), equations 3 to 5, where theta is x; z starts at theta_0. beta = 0 is the
/// Polyak average of gradient descent, beta = 1 is primal averaging. The paper has c = 1 / (t + 1):
/// theta is the mean of z_0, ..., z_t, the start included. The authors' code
/// (facebookresearch/schedule_free) has c = 1 / t, which leaves the start out: its first c is 1
/// where the paper's is 1/2. `weights` takes either.
///
/// theta is an average, and gradients are taken elsewhere: batch-norm statistics are computed
/// anew for it whenever it is measured.
struct ScheduleFree {
  static constexpr std::string_view kName = "schedule_free";
  static constexpr std::array<std::string_view, 1> kState = {"z"};
  static constexpr bool kAnswerIsAverage = true;
  static constexpr RateRange kLearningRate = {1, "log(0.01, 100)"};
  double beta = 0.9;
  std::string weights = "paper";

  template <class F>
  void fields(F&& field) {
    field("beta", beta, "[0, 1]", "where the gradient is taken: 0 at z, 1 at the average",
          "one_minus_log(0.5, 0.99)");
    field("weights", weights, "paper|code", "of the average: 1 / (t + 1), or 1 / t");
  }

  auto start() const {
    return [](Real theta, Real& z) { z = theta; };
  }

  auto lookahead(const StepInfo&) const {
    const Real b = Real(beta), rest = Real(1 - beta);
    return [=](Real theta, Real z) { return rest * z + b * theta; };
  }

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate);
    const Real share = Real(1 / (static_cast<double>(info.step) + (weights == "paper")));
    return [=](Real theta, Real g, Real& z) {
      z = z - eps * g;
      return theta + share * (z - theta);
    };
  }
};

}  // namespace ravine
