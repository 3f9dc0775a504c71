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
  NetworkShape shape;
  shape.inputs = 7;
  shape.hidden = {{9, parse_activation(activation)}, {6, parse_activation(activation)}};
  shape.outputs = 5;
  shape.batch_norm = parse_batch_norm(batch_norm);
  shape.dropout = dropout;
  NetworkObjective objective(shape, loss, 11);
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
  NetworkShape shape{7, {{9, Activation::kTanh}}, 5, BatchNormPlacement::kHidden, 0};
  NetworkObjective objective(shape, "softmax", 11);
  const std::vector<Real> g = objective.gradient();
  std::vector<bool> inside(g.size());
  for (const Block& block : objective.network.layout().blocks())
    for (std::size_t i = 0; i < block.size(); ++i) inside[block.offset + i] = true;
  for (std::size_t i = 0; i < g.size(); ++i) EXPECT_EQ(g[i] != 0, inside[i]) << i;
}

}  // namespace
}  // namespace ravine
