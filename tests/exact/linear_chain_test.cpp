// Lecture L22: what a step along the gradient really does to a product of weights.
#include "ravine/problems/linear_chain.hpp"

#include <gtest/gtest.h>

#include "exact/drive.hpp"

namespace ravine {
namespace {

std::vector<double> uneven_weights(int depth) {
  std::vector<double> w;
  for (int i = 0; i < depth; ++i) w.push_back(0.9 + 0.2 * std::sin(i + 1.0));
  return w;
}

// First order: -g'g. Second: 1/2 g'Hg, half of the second derivative along the step.
TEST(LinearChain, FirstOrdersAreGradientAndCurvature) {
  const LinearChain chain{.depth = 8};
  std::vector<double> w = uneven_weights(8), g(8), hg(8);
  chain.evaluate(w, g);
  chain.hessian_vector(w, g, hg);
  double gg = 0, ghg = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    gg += g[i] * g[i];
    ghg += g[i] * hg[i];
  }
  const auto coefficients = chain.step_expansion(w, g);
  EXPECT_NEAR(coefficients[1], -gg, 1e-13);
  EXPECT_NEAR(coefficients[2], 0.5 * ghg, 1e-12);
}

// Equal weights: the coefficient of eps^k is C(l, k) (-g)^k w^(l - k).
TEST(LinearChain, EqualWeightsGiveBinomials) {
  for (const double weight : {0.9, 1.0, 1.1}) {
    const LinearChain chain{.depth = 10, .weight = weight};
    std::vector<double> w(10), g(10);
    chain.start(w);
    chain.evaluate(w, g);
    const auto coefficients = chain.step_expansion(w, g);
    double binomial = 1;
    for (int k = 0; k <= 10; ++k) {
      const double expected = binomial * std::pow(-g[0], k) * std::pow(weight, 10 - k);
      EXPECT_NEAR(coefficients[std::size_t(k)], expected, 1e-12 * std::fabs(expected));
      binomial = binomial * (10 - k) / (k + 1);
    }
  }
}

TEST(LinearChain, AZeroWeightIsNoObstacle) {
  const LinearChain chain{.depth = 3};
  std::vector<double> w = {2, 0, 5}, g(3), hv(3);
  EXPECT_EQ(chain.evaluate(w, g), 0);
  EXPECT_EQ(g, (std::vector<double>{0, 10, 0}));
  chain.hessian_vector(w, std::vector<double>{0, 1, 0}, hv);
  EXPECT_EQ(hv, (std::vector<double>{5, 0, 2}));
}

}  // namespace
}  // namespace ravine
