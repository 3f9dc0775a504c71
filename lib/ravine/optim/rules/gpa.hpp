#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// GPA with AdamW: primal averaging with separate weights for where the gradient is taken and for
/// what is measured.
///
///   g at y = mu_y theta + (1 - mu_y) z
///   m, v, m^, v^ of g as in Adam;   z <- (1 - eps lambda) z - eps m^ / (sqrt(v^) + epsilon)
///   theta <- mu_x theta + (1 - mu_x) z
///
/// Defazio et al. (2025, arXiv 2512.17131), equations of generalized primal averaging, where theta
/// is x; z starts at theta_0. mu_x = 0 is AdamW; mu_y = 0 keeps an exponential average of its
/// iterates. theta is an average: see schedule_free.
/// **Deviates:** x and z are kept, and the decay shrinks z alone; the authors' code keeps y and z
/// and leaves y undecayed, whereby the x that they imply grows.
struct Gpa {
  static constexpr std::string_view kName = "gpa";
  static constexpr std::array<std::string_view, 3> kState = {"z", "m", "v"};
  static constexpr bool kAnswerIsAverage = true;
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double mu_y = 0.7;
  double mu_x = 0.9967;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;

  template <class F>
  void fields(F&& field) {
    field("mu_y", mu_y, "[0, 1]", "where the gradient is taken: 0 at z, 1 at the average",
          "linear(0.5, 1)");
    field("mu_x", mu_x, "[0, 1)", "decay rate of the average", "one_minus_log(0.9, 0.999)");
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
  }

  auto start() const {
    return [](Real theta, Real& z, Real&, Real&) { z = theta; };
  }

  auto lookahead(const StepInfo&) const {
    const Real ahead = Real(mu_y), rest = Real(1 - mu_y);
    return [=](Real theta, Real z, Real, Real) { return rest * z + ahead * theta; };
  }

  auto at(const StepInfo& info) const {
    const double weight1 = 1 - integer_power(beta1, info.step);
    const double weight2 = 1 - integer_power(beta2, info.step);
    const Real eps = Real(info.learning_rate / weight1), scale = Real(1 / weight2);
    const Real kept = Real(1 - info.learning_rate * weight_decay);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    const Real share = Real(1 - mu_x);
    return [=](Real theta, Real g, Real& z, Real& m, Real& v) {
      m = keep1 * m + take1 * g;
      v = keep2 * v + take2 * (g * g);
      z = kept * z - eps * m / (std::sqrt(scale * v) + d);
      return theta + share * (z - theta);
    };
  }
};

}  // namespace ravine
