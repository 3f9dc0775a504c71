#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "ravine/core/catalog.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/rules/rectification.hpp"

namespace ravine {

/// RAdam: Adam whose step is held back until its mean square may be trusted.
///
///   s <- beta1 s + (1 - beta1) g;   r <- beta2 r + (1 - beta2) g^2
///   rho_t >= 5:  theta <- theta - eps r_t s^ sqrt(1 - beta2^t) / (sqrt(r) + epsilon)
///   before:      nothing (`start=author`), or theta <- theta - eps s^ (`start=torch`)
///
/// with s^ = s / (1 - beta1^t); rho_t and r_t in rules/rectification.hpp. Liu et al. (2020),
/// Algorithm 2. `author` is the authors' code (LiyuanLucasLiu/RAdam), whose first steps move
/// nothing; `torch` is PyTorch's and Algorithm 2 itself.
/// **Deviates:** the paper's threshold is rho_t > 4; the codes take 5 to be safe, PyTorch's without
/// the 5 itself, which no beta2 of binary digits reaches.
struct RAdam {
  static constexpr std::string_view kName = "radam";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  std::string start = "author";

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the mean square", "one_minus_log(0.9, 0.9999)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "guards against division by zero");
    field("start", start, "author|torch", "what the first steps, not yet rectified, do");
  }

  auto at(const StepInfo& info) const {
    const Rectification rect(beta2, info.step);
    const bool adapts = rect.rho >= 5;
    const double eps = info.learning_rate / (1 - integer_power(beta1, info.step));
    const double root = std::sqrt(1 - integer_power(beta2, info.step));
    const Real eps_adaptive = Real(adapts ? eps * rect.r * root : 0);
    const Real eps_plain = Real(adapts || start == "author" ? 0 : eps);
    const Real keep1 = Real(beta1), take1 = Real(1 - beta1);
    const Real keep2 = Real(beta2), take2 = Real(1 - beta2), d = Real(epsilon);
    return [=](Real theta, Real g, Real& s, Real& r) {
      s = keep1 * s + take1 * g;
      r = keep2 * r + take2 * (g * g);
      return theta - (eps_plain * s + eps_adaptive * s / (std::sqrt(r) + d));
    };
  }
};

}  // namespace ravine
