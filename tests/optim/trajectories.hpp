#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "optim/support.hpp"

namespace ravine::test {

inline constexpr double kRounding = sizeof(Real) == 4 ? 1.2e-7 : 2.3e-16;
using Points = std::vector<std::vector<Real>>;

// The iterates theta_1, theta_2, ... under a gradient that may depend on theta.
inline Points trajectory(const std::string& text, double learning_rate, std::int64_t steps,
                         std::vector<Real> theta, const FunctionObjective::Function& function) {
  const ParameterLayout layout = one_block(theta.size());
  theta.resize(layout.size(), 0);
  const auto optimizer = make_optimizer(text, layout, theta);
  FunctionObjective objective(function);
  Points points;
  for (std::int64_t t = 1; t <= steps; ++t) {
    optimizer->step({t, learning_rate, steps}, objective, theta);
    points.push_back(theta);
  }
  return points;
}

inline FunctionObjective::Function constant_gradient(std::vector<Real> g) {
  return [g](auto, auto gradient) {
    std::copy(g.begin(), g.end(), gradient.begin());
    return 0.0;
  };
}

inline FunctionObjective::Function quadratic(std::vector<double> h) {
  return [h](auto theta, auto gradient) {
    for (std::size_t i = 0; i < h.size(); ++i) gradient[i] = static_cast<Real>(h[i] * theta[i]);
    return 0.0;
  };
}

inline double largest_difference(const Points& a, const Points& b) {
  double largest = 0;
  for (std::size_t t = 0; t < a.size(); ++t)
    for (std::size_t i = 0; i < a[t].size(); ++i)
      largest = std::max(largest, std::fabs(double{a[t][i]} - double{b[t][i]}));
  return largest;
}

}  // namespace ravine::test
