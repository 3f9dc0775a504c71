// L37 (Newton), L38 (quasi-Newton), L39 (conjugate gradients): what theory says exactly.
#include "checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ravine/core/portable.hpp"
#include "ravine/train/follow.hpp"

namespace ravine::second_order {
namespace {

using Point = std::vector<double>;

/// theta_0, theta_1, ... of a trial on the full batch at the natural rate 1.
std::vector<Point> course(const std::string& problem, const std::string& optimizer,
                          std::int64_t steps) {
  Trial trial;
  trial.problem = problem;
  trial.optimizer = optimizer;
  trial.learning_rate = 1;
  trial.batch_size = 0;
  trial.steps = steps;
  std::vector<Point> iterates;
  follow(trial, [&](std::int64_t, std::span<const Real> theta) {
    iterates.emplace_back(theta.begin(), theta.end());
  });
  return iterates;
}

/// max_i |a_i - b_i|; without b, max_i |a_i|.
double distance(const Point& a, const Point& b = {}) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a[i] - (b.empty() ? 0 : b[i])));
  return largest;
}

double largest_distance(const std::vector<Point>& a, const std::vector<Point>& b) {
  double largest = 0;
  for (std::size_t t = 0; t < std::min(a.size(), b.size()); ++t)
    largest = std::max(largest, distance(a[t], b[t]));
  return largest;
}

/// |theta_t - minimum| on a function of two variables, down to rounding.
std::vector<double> errors(const std::string& problem, double x, double y,
                           const std::string& optimizer) {
  std::vector<double> all;
  for (const Point& theta : course(problem, optimizer, 100)) {
    const double dx = theta[0] - x, dy = theta[1] - y;
    all.push_back(std::sqrt(dx * dx + dy * dy));
    if (all.back() < 1e-8) break;
  }
  return all;
}

// The minimum lies at 0, the start at (1, ..., 1); six distinct curvatures.
constexpr std::int64_t kDimension = 6;
constexpr const char* kQuadratic = "quadratic(dimension=6, condition=100)";

void add_newton(std::vector<Check>& checks) {
  checks.push_back({"L37.quadratic", "One Newton step minimizes a quadratic.",
                    "largest |theta_i| after one step", 0,
                    distance(course(kQuadratic, "newton", 1)[1]), 1e-14});
  const std::vector<double> e = errors("beale", 3, 0.5, "damped_newton");
  const std::size_t n = e.size();
  checks.push_back({"L37.order", "Near the minimum Newton's method converges quadratically.",
                    "order of the last three errors on Beale's function", 2,
                    portable_log(e[n - 1] / e[n - 2]) / portable_log(e[n - 2] / e[n - 3]), 0.05});
  const auto fallen = course("saddle(x0=1, y0=1)", "newton", 1);
  const auto left = course("saddle(x0=1, y0=0.5)", "saddle_free_newton", 2);
  const std::string falls = "Newton's method falls into the saddle of x^2 - y^2 in one step.";
  const std::string leaves = "Saddle-free Newton leaves it: from (1, 1/2) to (0, 1) to (0, 2).";
  for (std::size_t i = 0; i < 2; ++i) {
    const char axis = "xy"[i];
    checks.push_back({fmt::format("L37.saddle_newton_{}", axis), falls,
                      fmt::format("{} after one step from (1, 1)", axis), 0, fallen[1][i], 1e-15});
    for (std::size_t t = 1; t <= 2; ++t)
      checks.push_back({fmt::format("L37.saddle_free_{}{}", axis, t), leaves,
                        fmt::format("{} after {} steps", axis, t),
                        i == 0 ? 0.0 : static_cast<double>(t), left[t][i], 1e-15});
  }
}

void add_termination(std::vector<Check>& checks, const std::string& statement,
                     const std::string& name, const std::string& optimizer) {
  const auto iterates = course(kQuadratic, optimizer, kDimension);
  checks.push_back({fmt::format("{}.termination_{}", statement, name),
                    "With exact line search n steps minimize a quadratic of n dimensions.",
                    "largest |theta_i| after six steps, " + optimizer, 0, distance(iterates.back()),
                    1e-9});
  checks.push_back({fmt::format("{}.not_before_{}", statement, name),
                    "With n distinct curvatures fewer steps do not.",
                    "whether some |theta_i| is above 0.1 after five steps", 1,
                    distance(iterates[kDimension - 1]) > 0.1 ? 1.0 : 0.0, 0});
}

void add_same_path(std::vector<Check>& checks, const std::string& id, const std::string& sentence,
                   const std::string& one, const std::string& other) {
  checks.push_back({id, sentence, fmt::format("largest distance of {} from {}", one, other), 0,
                    largest_distance(course(kQuadratic, one, 5), course(kQuadratic, other, 5)),
                    1e-9});
}

}  // namespace

std::vector<Check> all_checks() {
  std::vector<Check> checks;
  add_newton(checks);
  const std::string bfgs = "bfgs(initial=identity, line_search=exact)";
  add_termination(checks, "L38", "bfgs", bfgs);
  const std::vector<double> e = errors("rosenbrock", 1, 1, "bfgs");
  checks.push_back({"L38.superlinear", "BFGS converges superlinearly: ratios of errors vanish.",
                    "mean of the last three ratios on Rosenbrock's function (geometric)", 0,
                    portable_power(e[e.size() - 1] / e[e.size() - 4], 1.0 / 3), 0.15});
  const auto conjugate = [](const char* beta) {
    return fmt::format("conjugate_gradient(beta={}, line_search=exact)", beta);
  };
  for (const char* beta : {"fletcher_reeves", "polak_ribiere", "hestenes_stiefel"})
    add_termination(checks, "L39", beta, conjugate(beta));
  add_same_path(checks, "L39.same_beta",
                "Fletcher-Reeves and Polak-Ribiere are one method on a quadratic.",
                conjugate("fletcher_reeves"), conjugate("polak_ribiere"));
  add_same_path(checks, "L38.conjugate",
                "BFGS from the unit matrix makes the steps of conjugate gradients there.", bfgs,
                conjugate("fletcher_reeves"));
  add_same_path(checks, "L38.memory", "L-BFGS that forgets nothing is BFGS.",
                "lbfgs(history=6, initial=identity, line_search=exact)", bfgs);
  return checks;
}

}  // namespace ravine::second_order
