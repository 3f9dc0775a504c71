// Exact variances of averages on a noisy quadratic (Polyak and Juditsky 1992; Zhang et al. 2019),
// without a random number: every iterate is linear in the noise, so the variance under white noise
// is the sum of the squared responses to one unit of noise at each step.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "ravine/optim/averaging.hpp"
#include "ravine/optim/catalog.hpp"

namespace ravine {
namespace {

// The gradient h theta, with 1 added at one step.
class KickedQuadratic final : public Objective {
 public:
  explicit KickedQuadratic(double h) : h_(h) {}
  double kick = 0;

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    if (!gradient.empty()) gradient[0] = h_ * theta[0] + kick;
    return 0.5 * h_ * theta[0] * theta[0] + kick * theta[0];
  }
  double h_;
};

struct Responses {
  std::vector<double> iterate, average;  // after steps 1 ... T
};

// The course of an iterate that starts at 0 and is kicked at step `at`.
Responses respond(const std::string& optimizer_text, const std::string& averaging_text, double eps,
                  double h, int steps, int at = 1) {
  ParameterLayout layout;
  layout.add("x", 1, 1, BlockKind::kWeight);
  auto optimizer = optimizer_catalog().make(optimizer_text);
  auto averaging = averaging_catalog().make(averaging_text);
  optimizer->reset(layout);
  averaging->reset(layout);
  AlignedVector<Real> theta(layout.size()), average(layout.size());
  KickedQuadratic objective(h);
  Responses responses;
  for (int t = 1; t <= steps; ++t) {
    objective.kick = t == at;
    optimizer->step({t, eps, steps}, objective, theta);
    averaging->update(t, steps, theta);
    averaging->value(average);
    responses.iterate.push_back(theta[0]);
    responses.average.push_back(average[0]);
  }
  return responses;
}

double sum_of_squares(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return sum;
}

constexpr double kEps = 0.2, kH = 0.7;
const double kR = 1 - kEps * kH;
const double kV = kEps * kEps / (1 - kR * kR);  // variance of the iterate, per variance of noise

TEST(StationaryVariance, OfSgd) {
  EXPECT_NEAR(sum_of_squares(respond("sgd", "polyak", kEps, kH, 600).iterate), kV, 1e-14);
}

// Half h times it is the loss: (1 + alpha) eps c / (2 (1 - alpha) (2 (1 + alpha) - eps h)).
TEST(StationaryVariance, OfMomentum) {
  for (const double alpha : {0.5, 0.9}) {
    const auto iterate =
        respond(fmt::format("momentum(alpha={})", alpha), "polyak", kEps, kH, 2000).iterate;
    EXPECT_NEAR(0.5 * kH * sum_of_squares(iterate),
                (1 + alpha) * kEps / (2 * (1 - alpha) * (2 * (1 + alpha) - kEps * kH)), 1e-13);
  }
}

// L36: V (1 - g) (1 + r g) / ((1 + g) (1 - r g)). The bias correction is undone: white noise has
// come in for ever.
TEST(StationaryVariance, OfTheExponentialAverage) {
  for (const double g : {0.5, 0.9, 0.98}) {
    auto average = respond("sgd", fmt::format("ema(decay={})", g), kEps, kH, 3000).average;
    double kept = 1;
    for (double& value : average) value *= 1 - (kept *= g);
    EXPECT_NEAR(sum_of_squares(average), kV * (1 - g) * (1 + kR * g) / ((1 + g) * (1 - kR * g)),
                1e-13)
        << g;
  }
}

double polyak_variance(double eps, int steps) {
  double variance = 0;
  for (int at = 1; at <= steps; ++at) {
    const double response = respond("sgd", "polyak", eps, kH, steps, at).average.back();
    variance += response * response;
  }
  return variance;
}

// L34: noise at step s moves the mean of T iterates by eps (1 - r^(T - s + 1)) / (T (1 - r)).
TEST(StationaryVariance, OfTheArithmeticMean) {
  const int steps = 300;
  double expected = 0;
  for (int s = 1; s <= steps; ++s)
    expected += std::pow((1 - std::pow(kR, steps - s + 1)) / (steps * kH), 2);
  EXPECT_NEAR(polyak_variance(kEps, steps), expected, 1e-14);
}

// Polyak and Juditsky: c / (h^2 T) in the limit, whatever the rate; the iterate's never falls.
TEST(StationaryVariance, OfTheArithmeticMeanFallsLikeOneOverTAtAnyRate) {
  for (const double eps : {0.2, 1.0, 2.0}) {
    const double at_400 = polyak_variance(eps, 400), at_1600 = polyak_variance(eps, 1600);
    EXPECT_NEAR(at_1600 * kH * kH * 1600, 1, 0.02) << eps;
    EXPECT_NEAR(std::log2(at_1600 / at_400), -2, 0.06) << eps;
  }
}

}  // namespace
}  // namespace ravine
