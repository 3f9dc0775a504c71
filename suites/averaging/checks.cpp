// L33 to L36 and the variances of averages on a noisy quadratic (Polyak and Juditsky 1992; Zhang
// et al. 2019). No random number is drawn: an iterate is linear in the noise, so its variance under
// white noise is the sum of the squared responses to one unit of noise at each step.
#include <fmt/format.h>

#include "averaging/checks.hpp"

#include "averaging/respond.hpp"
#include "illustrations/course.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/averaging.hpp"

namespace ravine::averaging {
namespace {

using namespace illustrations;

constexpr const char* kBowl = "quadratic(dimension=1)";  // x^2 / 2 from x = 1

/// An average of the numbers x_1, x_2, ..., after each of them.
Point averages(const std::string& averaging, const Point& x) {
  auto average = averaging_catalog().make(averaging);
  ParameterLayout layout;
  layout.add("x", 1, 1, BlockKind::kWeight);
  average->reset(layout);
  AlignedVector<Real> theta(layout.size()), value(layout.size());
  Point values;
  for (std::size_t t = 0; t < x.size(); ++t) {
    theta[0] = x[t];
    average->update(static_cast<std::int64_t>(t + 1), static_cast<std::int64_t>(x.size()), theta);
    average->value(value);
    values.push_back(value[0]);
  }
  return values;
}

/// theta_1, theta_2, ...
Point iterates(double eps, std::int64_t steps) {
  Point x = coordinate(course(kBowl, "sgd", eps, steps), 0);
  x.erase(x.begin());
  return x;
}

void add_bouncing(std::vector<Check>& checks) {
  const Point bouncing = iterates(2, 101);
  double alternating = 0;
  for (std::size_t t = 1; t < bouncing.size(); ++t) alternating += bouncing[t] == -bouncing[t - 1];
  checks.push_back({"L33.bounce",
                    "With a high step size gradient descent bounces from wall to wall: the "
                    "gradient points right, then left.",
                    "steps (of 100) that land on the opposite wall, eps lambda = 2", 100,
                    alternating, 0});
  const Point mean = averages("polyak", bouncing);
  checks.push_back(
      {"L34.middle", "The average finds the middle.", "average of 100 bounces", 0, mean[99], 0});
  checks.push_back({"L34.odd", "After an odd number T it is theta_T / T.", "average of 101 bounces",
                    -1.0 / 101, mean[100], 1e-16});
  for (const double eps : {0.3, 1.9}) {
    const double r = 1 - eps;
    const Point course_mean = averages("polyak", iterates(eps, 60));
    checks.push_back({fmt::format("L34.mean_{}", eps),
                      "Polyak's average is the arithmetic mean of the iterates.",
                      fmt::format("mean of 60 iterates r^t, eps lambda = {}", eps),
                      r * (1 - integer_power(r, 60)) / (60 * (1 - r)), course_mean.back(), 1e-14});
  }
}

/// What one unit of noise in the gradient of step 1 does to theta_1, theta_2, ...
Point response(double eps, std::int64_t steps) {
  return respond("sgd", "polyak", eps, 1, static_cast<int>(steps)).iterate;
}

/// Variance of the mean of T iterates, per variance of the gradient noise.
double mean_variance(double eps, std::int64_t steps) {
  double variance = 0;
  const Point all = response(eps, steps);
  for (std::int64_t at = 0; at < steps; ++at) {
    // The sum of the first T - s responses: noise of step s + 1 moves the mean by that over T.
    double sum = 0;
    for (std::int64_t t = 0; t < steps - at; ++t) sum += all[static_cast<std::size_t>(t)];
    variance += sum * sum;
  }
  return variance / static_cast<double>(steps * steps);
}

void add_variances(std::vector<Check>& checks) {
  constexpr double kEps = 0.2;
  const double r = 1 - kEps, stationary = kEps * kEps / (1 - r * r);
  const Point plain = response(kEps, 1000);
  checks.push_back({"L34.iterate_variance",
                    "At a constant rate the iterate itself keeps the variance eps^2 c / (1 - r^2).",
                    "variance of the iterate over that of the noise", stationary,
                    sum_of_squares(plain), 1e-14, "1"});
  for (const double eps : {0.2, 1.0, 1.9})
    checks.push_back(
        {fmt::format("L34.guarantee_{}", eps),
         "In convex settings averaging has a strong guarantee: the variance falls to c "
         "/ (lambda^2 T), whatever the rate.",
         fmt::format("variance of the mean of 1600 iterates, times 1600, eps = {}", eps), 1,
         1600 * mean_variance(eps, 1600), 0.01});
  for (const double decay : {0.5, 0.9, 0.98}) {
    // White noise has come in for ever: the correction for a start at zero is undone.
    Point average = averages(fmt::format("ema(decay={})", decay), plain);
    for (std::size_t t = 0; t < average.size(); ++t)
      average[t] *= 1 - integer_power(decay, static_cast<std::int64_t>(t + 1));
    checks.push_back({fmt::format("L36.variance_{}", decay),
                      "The exponential average reduces the variance by (1 - a)(1 + r a) / ((1 + "
                      "a)(1 - r a)).",
                      fmt::format("variance over that of the iterate, alpha = {}", decay),
                      (1 - decay) * (1 + r * decay) / ((1 + decay) * (1 - r * decay)),
                      sum_of_squares(average) / stationary, 1e-12});
  }
}

void add_exponential(std::vector<Check>& checks) {
  constexpr double kDecay = 0.9;
  Point path = coordinate(course("rosenbrock", "momentum", 1e-4, 200), 1);
  path.erase(path.begin());
  // Started at theta_1, as the recursion of the slide needs a start.
  double expected = path[0], largest = 0;
  const Point average = averages("ema(decay=0.9, bias_correction=false)", path);
  for (std::size_t t = 1; t < path.size(); ++t) {
    expected = kDecay * expected + (1 - kDecay) * path[t];
    largest = std::max(largest, std::fabs(average[t] - expected));
  }
  checks.push_back({"L36.recursion", "The exponential average: a theta^_{t-1} + (1 - a) theta_t.",
                    "largest difference over 200 steps, Rosenbrock's valley", 0, largest, 1e-15});
  const Point constant(10, 1.0);
  checks.push_back({"L36.correction", "Divided by 1 - a^t it is an average from the first step on.",
                    "average of ten ones, a = 0.999", 1, averages("ema", constant).back(), 1e-12});
}

// Averages that act on the training: Zhang et al. (2019), Proposition 2; Defazio et al. (2024).
void add_trained_averages(std::vector<Check>& checks) {
  constexpr double kEps = 0.2, kH = 0.7;
  const double r = 1 - kEps * kH, stationary = kEps * kEps / (1 - r * r);
  for (const double alpha : {0.5, 0.9})
    checks.push_back(
        {fmt::format("A10.momentum_{}", alpha),
         "Momentum keeps (1 + a) eps c / (2 (1 - a) (2 (1 + a) - eps h)) of loss in the long run.",
         fmt::format("loss over the variance of the noise, alpha = {}", alpha),
         (1 + alpha) * kEps / (2 * (1 - alpha) * (2 * (1 + alpha) - kEps * kH)),
         0.5 * kH *
             sum_of_squares(
                 respond(fmt::format("momentum(beta={})", alpha), "polyak", kEps, kH, 2000)
                     .iterate),
         1e-13});
  constexpr int kPeriod = 5, kSteps = 600;
  for (const double share : {0.2, 0.5}) {
    // The response depends on where in a period the noise comes, so all places count.
    double variance = 0;
    const auto rule = fmt::format("lookahead(k={}, alpha={})", kPeriod, share);
    for (int at = 1; at <= kPeriod; ++at) {
      const Point x = respond(rule, "polyak", kEps, kH, kSteps, at).iterate;
      for (std::size_t t = kPeriod; t <= kSteps; t += kPeriod) variance += x[t - 1] * x[t - 1];
    }
    const double rk = integer_power(r, kPeriod);
    checks.push_back({fmt::format("A10.lookahead_{}", share),
                      "Lookahead reduces the variance by a (1 + r^k) / (2 - a (1 - r^k)).",
                      fmt::format("variance over that of SGD, k = 5, a = {}", share),
                      share * (1 + rk) / (2 - share * (1 - rk)), variance / stationary, 1e-12});
  }
  const Responses sgd = respond("sgd", "polyak", kEps, kH, 50, 3);
  const Point at_z = respond("schedule_free(beta=0)", "polyak", kEps, kH, 50, 3).iterate;
  const Point at_mean = respond("schedule_free(beta=1)", "polyak", kEps, kH, 50, 3).iterate;
  double polyak = 0, primal = 0, x = 0, z = 0;
  for (std::size_t i = 0; i < at_z.size(); ++i) {
    const double t = static_cast<double>(i + 1);
    polyak = std::max(polyak, std::fabs(at_z[i] - sgd.average[i] * t / (t + 1)));
    z -= kEps * (kH * x + (i == 2));
    x += (z - x) / (t + 1);
    primal = std::max(primal, std::fabs(at_mean[i] - x));
  }
  checks.push_back({"A10.schedule_free_polyak",
                    "Schedule-Free SGD with beta = 0 is the mean of all iterates of SGD, the start "
                    "included.",
                    "largest difference over 50 steps", 0, polyak, 1e-15});
  checks.push_back({"A10.schedule_free_primal",
                    "With beta = 1 it is primal averaging: the gradient is taken at the average.",
                    "largest difference over 50 steps", 0, primal, 1e-15});
}

}  // namespace

std::vector<Check> all_checks() {
  std::vector<Check> checks;
  add_bouncing(checks);
  add_variances(checks);
  add_exponential(checks);
  add_trained_averages(checks);
  return checks;
}

}  // namespace ravine::averaging
