// Exact variances of averages on a noisy quadratic (Polyak and Juditsky 1992; Zhang et al. 2019),
// without a random number: every iterate is linear in the noise, so the variance under white noise
// is the sum of the squared responses to one unit of noise at each step.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "averaging/respond.hpp"

namespace ravine {
namespace {

using averaging::respond;
using averaging::sum_of_squares;

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
        respond(fmt::format("momentum(beta={})", alpha), "polyak", kEps, kH, 2000).iterate;
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

// Zhang et al. (2019), Proposition 2: V a (1 + r^k) / (2 - a (1 - r^k)) after every slow step.
// The response depends on where in a period the noise comes, so all k places count.
TEST(StationaryVariance, OfLookahead) {
  const int k = 5, steps = 600;
  for (const double share : {0.2, 0.5, 1.0}) {
    double variance = 0;
    for (int at = 1; at <= k; ++at) {
      const auto text = fmt::format("lookahead(k={}, alpha={})", k, share);
      const auto iterate = respond(text, "polyak", kEps, kH, steps, at).iterate;
      for (int t = k; t <= steps; t += k) variance += iterate[t - 1] * iterate[t - 1];
    }
    const double rk = std::pow(kR, k);
    EXPECT_NEAR(variance, kV * share * (1 + rk) / (2 - share * (1 - rk)), 1e-13) << share;
  }
}

// Defazio et al. (2024): with beta = 0 it is the mean of all iterates of SGD, the start included.
TEST(ScheduleFree, IsPolyakAveragingWithoutBeta) {
  const int steps = 50;
  const auto sgd = respond("sgd", "polyak", kEps, kH, steps, 3);
  const auto free = respond("schedule_free(beta=0)", "polyak", kEps, kH, steps, 3);
  for (int t = 1; t <= steps; ++t)
    EXPECT_NEAR(free.iterate[t - 1], sgd.average[t - 1] * t / (t + 1), 1e-15) << t;
}

// With beta = 1 the gradient is taken at the average: x' = x + (z' - x) / (t + 1) by hand.
TEST(ScheduleFree, IsPrimalAveragingWithBetaOne) {
  const int steps = 50;
  const auto free = respond("schedule_free(beta=1)", "polyak", kEps, kH, steps, 3);
  double x = 0, z = 0;
  for (int t = 1; t <= steps; ++t) {
    z -= kEps * (kH * x + (t == 3));
    x += (z - x) / (t + 1);
    EXPECT_NEAR(free.iterate[t - 1], x, 1e-15) << t;
  }
}

class Slope final : public Objective {
 public:
  explicit Slope(double slope) : slope_(slope) {}

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    gradient[0] = slope_;
    return slope_ * theta[0];
  }
  double slope_;
};

// A linear objective of slope g: z_t = z_0 - t eps g. The paper's mean counts z_0 (x_t = z_0 - eps
// g t / 2), that of the authors' code does not (x_t = z_0 - eps g (t + 1) / 2).
TEST(ScheduleFree, WeighsItsStartAsThePaperOrTheCode) {
  constexpr double kSlope = 0.75, kStart = 2;
  const auto last = [](const char* text, int steps) {
    ParameterLayout layout;
    layout.add("theta", 1, 1, BlockKind::kBias);
    AlignedVector<Real> theta(layout.size(), Real(0));
    theta[0] = kStart;
    Slope objective(kSlope);
    const auto optimizer = optimizer_catalog().make(text);
    optimizer->reset(layout, theta);
    for (int t = 1; t <= steps; ++t) optimizer->step({t, kEps, steps}, objective, theta);
    return theta[0];
  };
  for (const int t : {1, 2, 3, 10, 200}) {
    EXPECT_NEAR(last("schedule_free", t), kStart - kEps * kSlope * t / 2, 1e-12) << t;
    EXPECT_NEAR(last("schedule_free(weights=code)", t), kStart - kEps * kSlope * (t + 1) / 2, 1e-12)
        << t;
  }
}

}  // namespace
}  // namespace ravine
