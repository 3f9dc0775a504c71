// A11: rules that contain one another, where they stop being stable, and what one step of theirs
// is.
#include <fmt/format.h>

#include <functional>

#include "checks.hpp"
#include "course.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/problems/functions.hpp"

namespace ravine::illustrations {
namespace {

/// Largest distance between the courses of two rules down Beale's function, which both enter at the
/// same rate; `scale` multiplies the rate of the second.
double distance(const std::string& one, const std::string& other, double scale) {
  constexpr double kRate = 1e-3;
  const Course a = course("beale", one, kRate, 300);
  const Course b = course("beale", other, scale * kRate, 300);
  double largest = 0;
  for (std::size_t t = 0; t < a.size(); ++t)
    largest = std::max(largest, largest_difference(a[t], b[t]));
  return largest;
}

/// The same for a rule and a formula for the move of one coordinate, given its gradient and t.
double distance(const std::string& rule, double rate,
                const std::function<double(double g, double& memory, std::int64_t t)>& move) {
  const Beale function;
  const Course path = course("beale", rule, rate, 300);
  double largest = 0, memory[2] = {};
  Point g(2);
  for (std::size_t t = 0; t + 1 < path.size(); ++t) {
    function.evaluate(std::span(path[t]).first(2), g);
    for (std::size_t i = 0; i < 2; ++i)
      largest = std::max(largest, std::fabs(path[t + 1][i] - path[t][i] -
                                            move(g[i], memory[i], std::int64_t(t + 1))));
  }
  return largest;
}

// Choi et al. (2019), section 3: with a large delta a rate for every parameter is one for all.
void add_inclusions(std::vector<Check>& checks) {
  constexpr double kDelta = 1e8;
  const std::string sentence = "The more general rule contains the simpler one.";
  const std::string distance_of = "largest distance over 300 steps, Beale's function";
  checks.push_back({"A11.momentum_of_0_is_sgd", sentence, distance_of, 0,
                    distance("sgd", "momentum(beta=0)", 1), 0});
  checks.push_back({"A11.rmsprop_is_sgd", sentence, distance_of, 0,
                    distance("sgd", "rmsprop(epsilon=1e8)", kDelta), 1e-6});
  // m^ = m / (1 - rho1^t): the velocity of momentum with rate (1 - rho1), corrected.
  checks.push_back({"A11.adam_is_momentum", sentence, "largest difference of a step", 0,
                    distance("adam(epsilon=1e8)", 1e-3 * kDelta,
                             [](double g, double& m, std::int64_t t) {
                               m = 0.9 * m + (1 - 0.9) * g;
                               return -1e-3 * m / (1 - integer_power(0.9, t));
                             }),
                    1e-6});
  checks.push_back({"A11.nadam_is_nesterov", sentence, "largest difference of a step", 0,
                    distance("nadam(epsilon=1e8)", 1e-3 * kDelta,
                             [](double g, double& m, std::int64_t t) {
                               m = 0.9 * m + (1 - 0.9) * g;
                               return -1e-3 * (0.9 * m / (1 - integer_power(0.9, t + 1)) +
                                               (1 - 0.9) * g / (1 - integer_power(0.9, t)));
                             }),
                    1e-6});
}

/// Of the rates 0.999 and 1.001 times the threshold, those that do what they should: fall, grow.
double sides(const std::string& rule, double threshold) {
  const auto end = [&](double share) {
    return std::fabs(
        coordinate(course("quadratic(dimension=1)", rule, share * threshold, 40000), 0).back());
  };
  return (end(0.999) < 1e-2 ? 1 : 0) + (end(1.001) > 10 ? 1 : 0);
}

// Cohen et al. (2021), appendix B: curvature 1.
void add_stability(std::vector<Check>& checks) {
  constexpr double kBeta = 0.9;
  const std::string sentence =
      "On a quadratic a rule is stable up to the rate 2 / lambda, with momentum up to (2 + 2 b) / "
      "lambda, with Nesterov's up to (2 + 2 b) / ((1 + 2 b) lambda).";
  const std::string sides_of = "rates a thousandth below and above that fall and grow (of 2)";
  checks.push_back({"A11.stable_sgd", sentence, sides_of, 2, sides("sgd", 2), 0});
  checks.push_back({"A11.stable_momentum", sentence, sides_of, 2,
                    sides(fmt::format("momentum(beta={})", kBeta), 2 + 2 * kBeta), 0});
  checks.push_back(
      {"A11.stable_nesterov", sentence, sides_of, 2,
       sides(fmt::format("nesterov(beta={})", kBeta), (2 + 2 * kBeta) / (1 + 2 * kBeta)), 0});
}

void add_single_steps(std::vector<Check>& checks) {
  constexpr double kRate = 0.01, kDecay = 0.5;
  const Course lion = course("rosenbrock", "lion", kRate, 100);
  double largest = 0;
  for (std::size_t t = 0; t + 1 < lion.size(); ++t)
    for (std::size_t i = 0; i < 2; ++i)
      largest = std::max(largest, std::fabs(std::fabs(lion[t + 1][i] - lion[t][i]) - kRate));
  checks.push_back({"A11.lion", "Lion moves every coordinate by eps (Chen et al. 2023).",
                    "largest difference of a move from eps over 100 steps", 0, largest, 1e-15});
  const Course still = course("linear_chain(depth=1, x=0)",
                              fmt::format("adamw(weight_decay={})", kDecay), kRate, 200);
  checks.push_back({"A11.adamw",
                    "AdamW decays weights by 1 - eps lambda per step, whatever their gradients "
                    "(Loshchilov & Hutter 2019).",
                    "weight after 200 steps without a gradient",
                    integer_power(1 - kRate * kDecay, 200), still.back()[0], 1e-13});
}

}  // namespace

std::vector<Check> identity_checks() {
  std::vector<Check> checks;
  add_inclusions(checks);
  add_stability(checks);
  add_single_steps(checks);
  return checks;
}

}  // namespace ravine::illustrations
