#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>

#include "nn/network_objective.hpp"
#include "ravine/testing/gradient_check.hpp"

namespace ravine {
namespace {

using Parameters = std::tuple<const char*, const char*, const char*, double>;

TestNetwork net_of(const Parameters& parameters) {
  const auto [activation, batch_norm, loss, dropout] = parameters;
  return {7,
          fmt::format("norm dense(9) norm {0} dropout({1}) dense(6) norm {0} dropout({1}) dense",
                      activation, dropout),
          5, parse_batch_norm(batch_norm)};
}

AlignedVector<Real> random_direction(const ParameterLayout& layout, std::uint64_t seed) {
  AlignedVector<Real> v(layout.size());
  RandomStream stream(seed, Purpose::kTest);
  for (const Block& block : layout.blocks())
    for (Real& x : block.of(std::span(v))) x = static_cast<Real>(stream.normal());
  return v;
}

#ifdef RAVINE_DOUBLE  // differences need its precision
double inner(std::span<const Real> a, std::span<const Real> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

class Curvatures : public testing::TestWithParam<Parameters> {};

TEST_P(Curvatures, HessianProductsAgreeWithCentralDifferences) {
  NetworkObjective objective(net_of(GetParam()), std::get<2>(GetParam()), 11);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const auto v = random_direction(objective.network.layout(), seed);
    EXPECT_LT(check_hessian_vector(objective, objective.theta, v), 1e-6) << "direction " << seed;
  }
}

// The change of the outputs along v, by central differences, weighted by C from the closed forms.
TEST_P(Curvatures, GaussNewtonIsThatOfTheOutputs) {
  const std::string loss = std::get<2>(GetParam());
  NetworkObjective objective(net_of(GetParam()), loss, 11);
  const ParameterLayout& layout = objective.network.layout();
  const auto outputs_at = [&](double offset, std::span<const Real> v) {
    AlignedVector<Real> point(objective.theta);
    for (std::size_t i = 0; i < point.size(); ++i) point[i] += static_cast<Real>(offset * v[i]);
    const auto z = objective.network.forward(
        objective.pass, point, {.dense = objective.inputs.view()}, objective.workspace);
    return std::vector<Real>(z.elements().begin(), z.elements().end());
  };
  const auto v = random_direction(layout, 1), w = random_direction(layout, 2);
  constexpr double kStep = 1e-6;
  const auto along = [&](std::span<const Real> direction) {
    const auto above = outputs_at(kStep, direction), below = outputs_at(-kStep, direction);
    std::vector<double> change(above.size());
    for (std::size_t i = 0; i < change.size(); ++i) change[i] = (above[i] - below[i]) / (2 * kStep);
    return change;
  };
  const auto a = along(v), b = along(w);
  const auto z = outputs_at(0, v);
  double expected = 0;
  for (std::size_t row = 0; row < 11; ++row) {
    const std::size_t first = row * 5;
    double total = 0, mean_a = 0, mean_b = 0;
    for (std::size_t j = first; j < first + 5; ++j) total += std::exp(z[j]);
    for (std::size_t j = first; j < first + 5; ++j) {
      const double p = std::exp(z[j]) / total, y = 1 / (1 + std::exp(-z[j]));
      if (loss == "softmax") {
        expected += p * a[j] * b[j] / 11;
        mean_a += p * a[j], mean_b += p * b[j];
      } else if (loss == "bernoulli") {
        expected += y * (1 - y) * a[j] * b[j] / 11;
      } else {
        const double slope = loss == "squared" ? 1 : y * (1 - y);
        expected += 2 * slope * slope * a[j] * b[j] / 11;
      }
    }
    expected -= mean_a * mean_b / 11;
  }
  AlignedVector<Real> gv(layout.size()), gw(layout.size());
  objective.gauss_newton_vector(objective.theta, v, gv);
  objective.gauss_newton_vector(objective.theta, w, gw);
  const double size = std::sqrt(inner(gv, gv) * inner(w, w));
  EXPECT_NEAR(inner(w, gv) / size, expected / size, 1e-7);
  EXPECT_NEAR(inner(v, gw) / size, inner(w, gv) / size, 1e-13) << "symmetric";
  EXPECT_GT(inner(v, gv), 0);
}

INSTANTIATE_TEST_SUITE_P(Every, Curvatures,
                         testing::Combine(testing::Values("linear", "sigmoid", "tanh", "relu",
                                                          "softsign", "leaky_relu", "softplus"),
                                          testing::Values("off", "hidden", "input+hidden"),
                                          testing::Values("softmax", "bernoulli", "squared",
                                                          "logistic_squared"),
                                          testing::Values(0.0, 0.3)));
#endif

// One example at a time has only its own gradient to square.
TEST(Curvatures, MeanSquaredGradientIsThatOfSingleExamples) {
  const TestNetwork net = net_of({"tanh", "off", "bernoulli", 0.0});
  NetworkObjective objective(net, "bernoulli", 11);
  AlignedVector<Real> squares(objective.theta.size());
  ASSERT_TRUE(objective.mean_squared_gradient(objective.theta, squares));
  EXPECT_EQ(objective.counts().gradients, 1);

  std::vector<double> expected(squares.size());
  const auto loss = make_loss("bernoulli");
  for (std::size_t row = 0; row < 11; ++row) {
    const Input x{.dense = {objective.inputs.view().row(row).data(), 1, net.options.input.size()}};
    Targets target;
    target.values = {objective.targets.values.row(row).data(), 1, net.options.outputs};
    const auto z =
        objective.network.forward(objective.pass, objective.theta, x, objective.workspace);
    loss->sum({}, z, target, Real(1), objective.workspace.output_delta(1));
    AlignedVector<Real> g(squares.size());
    objective.network.backward(objective.pass, objective.theta, x, objective.workspace, g);
    for (std::size_t i = 0; i < g.size(); ++i) expected[i] += double{g[i]} * double{g[i]} / 11;
  }
  const double tolerance = kPrecision == "double" ? 1e-14 : 1e-6;
  for (std::size_t i = 0; i < squares.size(); ++i) EXPECT_NEAR(squares[i], expected[i], tolerance);
}

TEST(Curvatures, BatchNormMixesExamples) {
  NetworkObjective objective(net_of({"tanh", "hidden", "softmax", 0.0}), "softmax", 11);
  AlignedVector<Real> squares(objective.theta.size());
  EXPECT_FALSE(objective.mean_squared_gradient(objective.theta, squares));
}

TEST(Curvatures, ProductsHaveTheSameBitsForAnyThreads) {
  const TestNetwork net(60,
                        "dense(400) norm tanh dropout(0.2) residual(dense(400) norm tanh) dense",
                        30, BatchNormPlacement::kHidden);
  NetworkObjective one(net, "softmax", 200), three(net, "softmax", 200, Threads{3});
  const auto v = random_direction(one.network.layout(), 1);
  for (const Curvature kind : {Curvature::kHessian, Curvature::kGaussNewton}) {
    AlignedVector<Real> a(v.size()), b(v.size());
    one.curvature.add_product(kind, one.at(one.theta), v, a);
    three.curvature.add_product(kind, three.at(three.theta), v, b);
    EXPECT_EQ(a, b);
  }
}

}  // namespace
}  // namespace ravine
