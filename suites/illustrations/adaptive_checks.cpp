// L13 to L19: rules with a rate for every parameter, against formulas written down anew.
#include <fmt/format.h>

#include <functional>

#include "checks.hpp"
#include "course.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/problems/functions.hpp"

namespace ravine::illustrations {
namespace {

constexpr double kEps = 0.01;

/// Lengths of the steps under the constant gradient `slope`: step t at position t - 1.
Point steps_on_a_slope(const std::string& optimizer, double slope, std::int64_t steps) {
  const std::string linear = fmt::format("linear_chain(depth=1, x={})", slope);
  const Point w = coordinate(course(linear, optimizer, kEps, steps), 0);
  Point lengths;
  for (std::size_t t = 1; t < w.size(); ++t) lengths.push_back(w[t - 1] - w[t]);
  return lengths;
}

/// One coordinate of a rule, as the slide has it: takes v, s, r of the coordinate, and t.
struct Memory {
  double v = 0, s = 0, r = 0;
};
using Formula = std::function<double(double g, Memory& m, std::int64_t t)>;  // the move

/// Largest difference between a rule's steps on Beale's function and those of a formula; `ahead`
/// is how far along the velocity the gradient is taken.
double difference(const std::string& optimizer, double ahead, const Formula& formula) {
  const Beale function;
  const Course path = course("beale", optimizer, kEps, 200);
  Memory memory[2];
  double largest = 0;
  Point at(2), g(2);
  for (std::size_t t = 0; t + 1 < path.size(); ++t) {
    for (std::size_t i = 0; i < 2; ++i) at[i] = path[t][i] + ahead * memory[i].v;
    function.evaluate(at, g);
    for (std::size_t i = 0; i < 2; ++i) {
      const double move = formula(g[i], memory[i], static_cast<std::int64_t>(t + 1));
      largest = std::max(largest, std::fabs(path[t + 1][i] - path[t][i] - move));
    }
  }
  return largest;
}

Check transcription(std::string id, std::string statement, double largest) {
  return {std::move(id),
          std::move(statement),
          "largest difference over 200 steps, Beale's function",
          0,
          largest,
          1e-13};
}

void add_adagrad(std::vector<Check>& checks) {
  // A ravine of any condition is round to a rule that divides by the size of the gradient.
  const Course path =
      course("quadratic(dimension=2, condition=1e6)", "adagrad(epsilon=1e-30)", 0.3, 500);
  checks.push_back({"L13.any_scale",
                    "With a rate for every parameter, curvatures 1 and 1e-6 are descended alike.",
                    "largest difference between the coordinates over 500 steps of AdaGrad", 0,
                    largest_difference(coordinate(path, 0), coordinate(path, 1)), 1e-12});
  const double rate = (1e6 - 1) / (1e6 + 1);
  const Course plain = course("quadratic(dimension=2, condition=1e6)", "sgd", 2 / (1 + 1e-6), 500);
  checks.push_back({"L13.one_rate_for_all",
                    "One rate for all leaves the flat direction where it was.",
                    "what gradient descent leaves of it after 500 steps", integer_power(rate, 500),
                    plain.back()[1], 1e-10});

  checks.push_back(transcription(
      "L14.update", "AdaGrad: r <- r + g g; theta <- theta - eps / (delta + sqrt r) g.",
      difference("adagrad", 0, [](double g, Memory& m, std::int64_t) {
        m.r += g * g;
        return -kEps / (1e-7 + std::sqrt(m.r)) * g;
      })));
  const Point gentle = steps_on_a_slope("adagrad", 3, 10000);
  const Point steep = steps_on_a_slope("adagrad", 30, 10000);
  checks.push_back({"L14.steep_falls_faster",
                    "Parameters with large partial derivatives get rapidly declining rates.",
                    "rate on a slope of 30 over that on a slope of 3", 0.1,
                    (steep[9999] / 30) / (gentle[9999] / 3), 1e-8});
  checks.push_back({"L15.adagrad_stops",
                    "Never forgetting, AdaGrad shrinks its step like 1 / sqrt t even where the "
                    "slope does not change.",
                    "length of step 10 000 over that of step 1", 0.01, gentle[9999] / gentle[0],
                    1e-8});
  const Point forgetting = steps_on_a_slope("rmsprop", 3, 10000);
  checks.push_back({"L15.rmsprop_goes_on",
                    "An exponentially decaying average keeps the step at eps.",
                    "length of step 10 000 over eps", 1, forgetting[9999] / kEps, 1e-6});
}

void add_rmsprop(std::vector<Check>& checks) {
  checks.push_back(transcription(
      "L16.update",
      "RMSProp: r <- rho r + (1 - rho) g g; theta <- theta - eps / (delta + sqrt r) g.",
      difference("rmsprop", 0, [](double g, Memory& m, std::int64_t) {
        m.r = 0.9 * m.r + (1 - 0.9) * g * g;
        return -kEps / (1e-6 + std::sqrt(m.r)) * g;
      })));
  const Point lengths = steps_on_a_slope("rmsprop(epsilon=1e-30)", 3, 20);
  double largest = 0;
  for (std::size_t t = 0; t < lengths.size(); ++t)
    largest = std::max(
        largest,
        std::fabs(lengths[t] -
                  kEps / std::sqrt(1 - integer_power(0.9, static_cast<std::int64_t>(t + 1)))));
  checks.push_back({"L16.on_a_slope",
                    "Without bias correction its first steps are too long: eps / sqrt(1 - rho^t).",
                    "largest difference over 20 steps", 0, largest, 1e-14});
  // Slide and course code have delta outside of the root, the Deep Learning book inside.
  const double g = 1e-3, delta = 1e-6, r = 0.1 * g * g;
  checks.push_back({"L16.delta_outside", "The lecture's delta stands outside of the root.",
                    "first step on a slope of 0.001", kEps * g / (delta + std::sqrt(r)),
                    steps_on_a_slope("rmsprop", g, 1)[0], 1e-12});
  checks.push_back({"L16.delta_inside", "The book's (delta_inside) shortens steps on small slopes.",
                    "first step on a slope of 0.001", kEps * g / std::sqrt(delta + r),
                    steps_on_a_slope("rmsprop(epsilon_inside=true)", g, 1)[0], 1e-12});

  checks.push_back(transcription(
      "L17.update", "RMSProp with Nesterov: g at theta + alpha v; v <- alpha v - eps / sqrt(r) g.",
      difference("rmsprop_nesterov", 0.9, [](double slope, Memory& m, std::int64_t) {
        m.r = 0.9 * m.r + (1 - 0.9) * slope * slope;
        return m.v = 0.9 * m.v - kEps / (1e-6 + std::sqrt(m.r)) * slope;
      })));
  // 0 / 0 as printed; with delta an absent feature stays where it is.
  const Course still = course("saddle(x0=0, y0=0.5)", "rmsprop_nesterov", kEps, 20);
  checks.push_back({"L17.absent_feature",
                    "Printed without delta, a gradient that is zero from the start is 0 / 0; with "
                    "it the parameter stays.",
                    "where it is after 20 steps", 0, still.back()[0], 0});
}

void add_adam(std::vector<Check>& checks) {
  const auto adam = [](double rho2) {
    return [rho2](double g, Memory& m, std::int64_t t) {
      m.s = 0.9 * m.s + (1 - 0.9) * g;
      m.r = rho2 * m.r + (1 - rho2) * g * g;
      const double s = m.s / (1 - integer_power(0.9, t)), r = m.r / (1 - integer_power(rho2, t));
      return -kEps * s / (std::sqrt(r) + 1e-8);
    };
  };
  const std::string sentence =
      "Adam: averages of g and g g, both corrected for their start at zero.";
  checks.push_back(transcription("L18.update", sentence, difference("adam", 0, adam(0.999))));
  checks.push_back(transcription("L18.slide", "The slide's constants, rho2 = 0.9 (adam_slide).",
                                 difference("adam_slide", 0, adam(0.9))));
  // A9: the first step over eps is (1 - rho1) / sqrt(1 - rho2) without the corrections.
  for (const double rho1 : {0.0, 0.9})
    for (const double rho2 : {0.9, 0.99, 0.999, 0.9999}) {
      const auto first = [&](const char* corrected) {
        return steps_on_a_slope(fmt::format("adam(beta1={}, beta2={}, epsilon=1e-30, "
                                            "bias_correction={})",
                                            rho1, rho2, corrected),
                                3, 1)[0] /
               kEps;
      };
      const std::string name = fmt::format("{}_{}", rho1, rho2);
      checks.push_back({"L18.first_step_" + name,
                        "With the corrections the first step is eps, whatever the constants.",
                        "first step over eps", 1, first("true"), 1e-12});
      checks.push_back(
          {"L18.uncorrected_" + name, "Without them it is (1 - rho1) / sqrt(1 - rho2) times that.",
           "first step over eps", (1 - rho1) / std::sqrt(1 - rho2), first("false"), 1e-12});
    }
}

void add_comparison(std::vector<Check>& checks) {
  constexpr double kSlope = 3;
  struct Row {
    const char* optimizer;
    double over_eps;
  };
  for (const Row& row : {Row{"sgd", kSlope}, Row{"momentum", kSlope}, Row{"nesterov", kSlope},
                         Row{"adagrad", 1}, Row{"rmsprop", 1 / std::sqrt(1 - 0.9)}, Row{"adam", 1}})
    checks.push_back({fmt::format("L19.first_step_of_{}", row.optimizer),
                      "Side by side: the first step is eps g without, and about eps with, a rate "
                      "for every parameter.",
                      "first step on a slope of 3, over eps", row.over_eps,
                      steps_on_a_slope(row.optimizer, kSlope, 1)[0] / kEps, 2e-6});
}

}  // namespace

std::vector<Check> adaptive_checks() {
  std::vector<Check> checks;
  add_adagrad(checks);
  add_rmsprop(checks);
  add_adam(checks);
  add_comparison(checks);
  return checks;
}

}  // namespace ravine::illustrations
