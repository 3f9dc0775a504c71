// Zhang et al. (2019): closed forms of the noisy quadratic model, and the model run step by step.
#include <gtest/gtest.h>

#include "exact/drive.hpp"
#include "ravine/problems/noisy_quadratic.hpp"

namespace ravine {
namespace {

TEST(NoisyQuadratic, StartsAtHalfTheHarmonicNumber) {
  EXPECT_NEAR(NoisyQuadratic{}.expected_sgd_loss(0.1, 1, 0), 4.8938, 5e-5);
}

// Steps at the best constant rate, from an independent search; its rates have three digits.
TEST(NoisyQuadratic, StepsToTargetAgreeWithTheTable) {
  const NoisyQuadratic model;
  struct Row {
    std::int64_t batch;
    double learning_rate, target, steps;
  };
  for (const Row& row :
       {Row{1, .0286, .1, 322880}, Row{4, .133, .1, 83592}, Row{16, .42, .1, 21134},
        Row{64, 1.33, .1, 6460}, Row{256, 1.33, .1, 4371}, Row{1024, 1.95, .1, 3136},
        Row{1, .0029, .01, 6326784}, Row{16, .062, .01, 412192}, Row{256, .617, .01, 27972},
        Row{4096, 1.95, .01, 8648}})
    EXPECT_NEAR(static_cast<double>(model.sgd_steps_to(row.target, row.learning_rate, row.batch)),
                row.steps, 0.02 * row.steps)
        << row.batch << " " << row.target;
  EXPECT_EQ(model.sgd_steps_to(1e-9, 0.1, 1), -1);
  EXPECT_EQ(model.sgd_steps_to(5, 0.1, 1), 0);
}

TEST(NoisyQuadratic, LongRunOfTheFormulaIsTheStationaryLoss) {
  const NoisyQuadratic model{.dimension = 100, .noise = 2};
  EXPECT_NEAR(model.expected_sgd_loss(0.5, 8, 1000000), model.stationary_loss(0.5, 0, 8), 1e-14);
}

// Mean over 400 seeds within 4.5 standard errors: false alarm once in 100 000 comparisons.
TEST(NoisyQuadratic, SimulationAgreesWithTheFormula) {
  const NoisyQuadratic model{.dimension = 100, .noise = 1};
  constexpr int kSeeds = 400;
  for (const std::size_t batch : {1, 16}) {
    const double learning_rate = 0.4;
    std::vector<double> sum(3), squares(3);
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      Drive drive("noisy_quadratic(dimension=100)", "sgd",
                  {.batch_size = batch, .shuffle = "fixed"}, seed);
      for (std::size_t k = 0; k < 3; ++k) {
        drive.steps(k == 0 ? 1 : k == 1 ? 19 : 80, learning_rate);
        const double loss = drive.measure().objective;
        sum[k] += loss;
        squares[k] += loss * loss;
      }
    }
    const std::int64_t steps[] = {1, 20, 100};
    for (std::size_t k = 0; k < 3; ++k) {
      const double mean = sum[k] / kSeeds;
      const double error = std::sqrt((squares[k] / kSeeds - mean * mean) / kSeeds);
      EXPECT_NEAR(
          mean, model.expected_sgd_loss(learning_rate, static_cast<std::int64_t>(batch), steps[k]),
          4.5 * error)
          << batch << " " << steps[k];
      EXPECT_LT(error, 0.05 * mean);  // the comparison can fail
    }
  }
}

TEST(NoisyQuadratic, WithoutNoiseItIsGradientDescentOnTheCurvatures) {
  Drive drive("noisy_quadratic(dimension=5, noise=0)", "sgd", {.batch_size = 3});
  const AlignedVector<Real> start = drive.theta();
  drive.steps(7, 0.3);
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(drive.theta()[i], start[i] * std::pow(1 - 0.3 / double(i + 1), 7), 1e-14);
}

// Within a step the objective is one function: its gradient is the derivative of its value.
TEST(NoisyQuadratic, NoiseIsPartOfTheFunctionOfAStep) {
  Drive drive("noisy_quadratic(dimension=4)", "sgd", {.batch_size = 2});
  drive.step(0.1);
  AlignedVector<Real> theta = drive.theta(), gradient(theta.size());
  drive.session().evaluate(theta, gradient);
  for (std::size_t i = 0; i < 4; ++i) {
    AlignedVector<Real> above = theta, below = theta;
    above[i] += 1e-3;
    below[i] -= 1e-3;
    const double slope =
        (drive.session().evaluate(above, {}) - drive.session().evaluate(below, {})) / 2e-3;
    EXPECT_NEAR(gradient[i], slope, 1e-10);
  }
}

}  // namespace
}  // namespace ravine
