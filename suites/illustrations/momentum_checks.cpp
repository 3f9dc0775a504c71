// L8 to L12: gradient descent, momentum and Nesterov's gradient in a ravine, in closed form.
#include <fmt/format.h>

#include "checks.hpp"
#include "course.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/problems/functions.hpp"

namespace ravine::illustrations {
namespace {

constexpr double kKappa = 100;
// Curvatures 1 (coordinate 0, the walls) and 1/100 (coordinate 1, the floor), start (1, 1).
constexpr const char* kRavine = "quadratic(dimension=2, condition=100)";
constexpr double kMillionth = 1e-6;

std::string momentum(double alpha) { return fmt::format("momentum(beta={})", alpha); }
std::string nesterov(double alpha) { return fmt::format("nesterov(beta={})", alpha); }

double ratio(const Point& x, std::size_t t) { return x[t + 1] / x[t]; }

void add_gradient_descent(std::vector<Check>& checks) {
  const double rate = (kKappa - 1) / (kKappa + 1);
  const Course gd = course(kRavine, "sgd", 2 / (1 + 1 / kKappa), 800);
  const std::string sentence =
      "In a ravine gradient descent at its best rate bounces between the walls and creeps along "
      "the floor, both by the factor (kappa - 1) / (kappa + 1) per step.";
  checks.push_back({"L8.walls", sentence, "factor across the ravine, kappa = 100", -rate,
                    ratio(coordinate(gd, 0), 100), 1e-12});
  checks.push_back({"L8.floor", sentence, "factor along the ravine, kappa = 100", rate,
                    ratio(coordinate(gd, 1), 100), 1e-12});
  checks.push_back({"L8.steps", sentence, "steps to a millionth",
                    std::ceil(portable_log(kMillionth) / portable_log(rate)),
                    steps_to(coordinate(gd, 1), kMillionth), 0, "updates"});
}

/// v_T is the sum of -eps alpha^(T - s) g_s, on a function whose gradient varies.
void add_velocity(std::vector<Check>& checks) {
  constexpr double kAlpha = 0.9, kRate = 1e-4;
  const Course path = course("rosenbrock", momentum(kAlpha), kRate, 300);
  const Rosenbrock function;
  double largest = 0;
  Point decayed(2), g(2);
  for (std::size_t t = 0; t + 1 < path.size(); ++t) {
    function.evaluate(std::span(path[t]).first(2), g);
    for (std::size_t i = 0; i < 2; ++i) {
      decayed[i] = kAlpha * decayed[i] + g[i];
      largest = std::max(largest, std::fabs(path[t + 1][i] - path[t][i] + kRate * decayed[i]));
    }
  }
  checks.push_back({"L9.decaying_sum",
                    "The velocity is an exponentially decaying sum of the negative gradients.",
                    "largest difference from -eps sum_s alpha^(t-s) g_s, Rosenbrock's valley", 0,
                    largest, 1e-14});
}

void add_terminal_speed(std::vector<Check>& checks) {
  constexpr double kRate = 0.01, kSlope = 3;
  const std::string linear = "linear_chain(depth=1, x=3)";  // f = 3 w
  const auto speed = [](const Point& w, std::size_t t) { return w[t] - w[t + 1]; };
  const Point plain = coordinate(course(linear, "sgd", kRate, 10), 0);
  for (const double alpha : {0.5, 0.9, 0.99}) {
    const Point w = coordinate(course(linear, momentum(alpha), kRate, 4000), 0);
    checks.push_back({fmt::format("L10.terminal_speed_{}", alpha),
                      "Under a constant gradient the step tends to eps |g| / (1 - alpha).",
                      fmt::format("step length after 4000 steps, alpha = {}", alpha),
                      kRate * kSlope / (1 - alpha), speed(w, 3999), 1e-11});
    if (alpha != 0.9) continue;
    checks.push_back({"L10.tenfold", "alpha = 0.9 multiplies the maximum speed by 10.",
                      "speed over that of SGD", 10, speed(w, 3999) / speed(plain, 5), 1e-9});
    double largest = 0;
    for (std::size_t t = 0; t < 400; ++t) {
      const double share = 1 - integer_power(alpha, static_cast<std::int64_t>(t + 1));
      const double expected = kRate * kSlope * share / (1 - alpha);
      largest = std::max(largest, std::fabs(speed(w, t) - expected));
    }
    checks.push_back({"L10.approach", "It gets there as 1 - alpha^t.",
                      "largest difference over 400 steps, alpha = 0.9", 0, largest, 1e-13});
  }
}

/// The course x_t = rate^t (1 + c t) of a double root, from x_0 and x_1.
Point double_root(double rate, double x0, double x1, std::size_t steps) {
  Point x;
  const double c = x1 / (rate * x0) - 1;
  for (std::size_t t = 0; t <= steps; ++t)
    x.push_back(x0 * integer_power(rate, static_cast<std::int64_t>(t)) *
                (1 + c * static_cast<double>(t)));
  return x;
}

void add_acceleration(std::vector<Check>& checks) {
  const double root = std::sqrt(kKappa), rate = (root - 1) / (root + 1);
  const double polyak_rate = 4 / ((1 + 1 / root) * (1 + 1 / root));
  const Course heavy = course(kRavine, momentum(rate * rate), polyak_rate, 400);
  const std::string sentence =
      "Momentum traverses the ravine better: at Polyak's constants the error shrinks by (sqrt "
      "kappa - 1) / (sqrt kappa + 1) per step.";
  for (const std::size_t mode : {0, 1}) {
    const double sign = mode == 0 ? -1 : 1;
    const Point x = coordinate(heavy, mode);
    checks.push_back({mode == 0 ? "L11.walls" : "L11.floor", sentence,
                      "largest difference from the double root's course", 0,
                      largest_difference(x, double_root(sign * rate, x[0], x[1], 400)), 1e-12});
    if (mode == 1)
      checks.push_back({"L11.steps", sentence, "steps to a millionth, 691 for gradient descent",
                        steps_to(double_root(rate, x[0], x[1], 400), kMillionth),
                        steps_to(x, kMillionth), 0, "updates"});
  }
  const Point floor = coordinate(course(kRavine, nesterov((root - 1) / (root + 1)), 1, 400), 1);
  checks.push_back(
      {"L11.nesterov", "Nesterov's gradient at eps = 1 / L shrinks it by 1 - 1 / sqrt kappa.",
       "largest difference from the double root's course", 0,
       largest_difference(floor, double_root(1 - 1 / root, floor[0], floor[1], 400)), 1e-12});
  // Oscillation of one mode under momentum: x_t = beta^(t/2) (cos + b sin)(t angle), which solves
  // x_{t+1} = (1 + beta - eps) x_t - beta x_{t-1}.
  constexpr double kBeta = 0.9, kEps = 0.05;
  const Point x = coordinate(course("quadratic(dimension=1)", momentum(kBeta), kEps, 200), 0);
  double largest = 0;
  for (std::size_t t = 1; t + 1 < x.size(); ++t)
    largest = std::max(largest, std::fabs(x[t + 1] - (1 + kBeta - kEps) * x[t] + kBeta * x[t - 1]));
  checks.push_back({"L11.oscillation",
                    "A mode of momentum is a damped oscillation: its iterates solve x_{t+1} = (1 + "
                    "alpha - eps lambda) x_t - alpha x_{t-1}.",
                    "largest residual over 200 steps", 0, largest, 1e-15});
}

int sign_changes(const Point& x, double least) {
  int changes = 0;
  for (std::size_t t = 1; t < x.size(); ++t)
    changes += x[t] * x[t - 1] < 0 && std::fabs(x[t]) > least;
  return changes;
}

void add_lookahead(std::vector<Check>& checks) {
  constexpr double kAlpha = 0.9, kRate = 1e-4;
  const Course path = course("rosenbrock", nesterov(kAlpha), kRate, 300);
  const Rosenbrock function;
  double correct = 0, twice = 0;
  Point v(2), ahead(2), g(2);
  for (std::size_t t = 0; t + 1 < path.size(); ++t) {
    for (std::size_t i = 0; i < 2; ++i) {
      v[i] = t == 0 ? 0 : path[t][i] - path[t - 1][i];
      ahead[i] = path[t][i] + kAlpha * v[i];
    }
    function.evaluate(ahead, g);
    for (std::size_t i = 0; i < 2; ++i) {
      const double velocity = kAlpha * v[i] - kRate * g[i];
      correct = std::max(correct, std::fabs(path[t + 1][i] - path[t][i] - velocity));
      twice = std::max(twice, std::fabs(path[t + 1][i] - ahead[i] - velocity));
    }
  }
  checks.push_back({"L12.lookahead",
                    "Nesterov's gradient is taken at theta + alpha v; the step starts at theta.",
                    "largest difference from alpha v - eps g(theta + alpha v), Rosenbrock", 0,
                    correct, 1e-14});
  checks.push_back({"L12.not_twice",
                    "Dropping the tilde, theta <- theta + alpha v, would apply alpha v twice.",
                    "whether a step differs from that form's by more than 0.01 (1: yes)", 1,
                    twice > 0.01 ? 1.0 : 0.0, 0});

  // Sutskever et al. (2013), theorem 2.1, and the two curves of their figure 2.
  constexpr double kEps = 0.9;
  double largest = 0, calmer = 0;
  for (const double mu : {0.9, 0.95, 0.99}) {
    const Course own = course(kRavine, nesterov(mu), kEps, 500);
    const Course stiff = course(kRavine, momentum(mu * (1 - kEps)), kEps, 500);
    const Course soft = course(kRavine, momentum(mu * (1 - kEps / kKappa)), kEps, 500);
    largest = std::max({largest, largest_difference(coordinate(own, 0), coordinate(stiff, 0)),
                        largest_difference(coordinate(own, 1), coordinate(soft, 1))});
    const int swings = sign_changes(coordinate(course(kRavine, momentum(mu), kEps, 200), 0), 1e-3);
    calmer +=
        3 * sign_changes(coordinate(course(kRavine, nesterov(mu), kEps, 200), 0), 1e-3) < swings;
  }
  checks.push_back({"L12.modes",
                    "On curvature lambda Nesterov with mu is momentum with mu (1 - eps lambda).",
                    "largest difference over 500 steps, three values of mu", 0, largest, 1e-13});
  checks.push_back({"L12.calmer", "So it hardly swings across the ravine where momentum does.",
                    "values of mu (of 3) with less than a third of momentum's swings", 3, calmer,
                    0});
}

}  // namespace

std::vector<Check> momentum_checks() {
  std::vector<Check> checks;
  add_gradient_descent(checks);
  add_velocity(checks);
  add_terminal_speed(checks);
  add_acceleration(checks);
  add_lookahead(checks);
  return checks;
}

}  // namespace ravine::illustrations
