#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "nn/network_objective.hpp"
#include "ravine/testing/gradient_check.hpp"

namespace ravine {
namespace {

#ifdef RAVINE_DOUBLE  // differences need its precision
using Parameters = std::tuple<const char*, const char*, const char*, double>;

class Gradients : public testing::TestWithParam<Parameters> {};

TEST_P(Gradients, AgreeWithCentralDifferences) {
  const auto [activation, batch_norm, loss, dropout] = GetParam();
  const TestNetwork net(7,
                        fmt::format("norm dense(9) norm {0} dropout({1}) dense(6) norm {0} "
                                    "dropout({1}) dense",
                                    activation, dropout),
                        5, parse_batch_norm(batch_norm));
  NetworkObjective objective(net, loss, 11);
  const GradientCheck worst = check_gradient(objective, objective.theta);
  EXPECT_LT(worst.max_relative_error, 1e-6)
      << "coordinate " << worst.index << ": " << worst.analytic << " against " << worst.numeric;
}

INSTANTIATE_TEST_SUITE_P(Every, Gradients,
                         testing::Combine(testing::Values("linear", "sigmoid", "tanh", "relu",
                                                          "softsign", "leaky_relu", "softplus"),
                                          testing::Values("off", "hidden", "input+hidden"),
                                          testing::Values("softmax", "bernoulli", "squared",
                                                          "logistic_squared"),
                                          testing::Values(0.0, 0.3)));
#endif

TEST(Gradients, PaddingIsZeroAndBlocksAreFilled) {
  NetworkObjective objective({7, "dense(9) norm tanh dense", 5, BatchNormPlacement::kHidden},
                             "softmax", 11);
  const std::vector<Real> g = objective.gradient();
  std::vector<bool> inside(g.size());
  for (const Block& block : objective.network.layout().blocks())
    for (std::size_t i = 0; i < block.size(); ++i) inside[block.offset + i] = true;
  for (std::size_t i = 0; i < g.size(); ++i) EXPECT_EQ(g[i] != 0, inside[i]) << i;
}

}  // namespace
}  // namespace ravine
