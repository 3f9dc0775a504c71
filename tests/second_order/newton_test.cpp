#include <gtest/gtest.h>

#include <cmath>

#include "ravine/linalg/symmetric.hpp"
#include "second_order/functions.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

using test::kDouble;
using test::PlaneObjective;

std::vector<Real> at(double x, double y) {
  std::vector<Real> theta(test::plane_layout().size(), 0);
  theta[0] = static_cast<Real>(x), theta[1] = static_cast<Real>(y);
  return theta;
}
constexpr double kTight = kDouble ? 1e-14 : 1e-6;

// The saddles of Dauphin et al. (2014), section 3.
TEST(Newton, LandsOnTheSaddleInOneStep) {
  PlaneObjective objective(test::saddle);
  const auto newton = test::make_optimizer("newton", test::plane_layout());
  auto theta = at(1, 1);
  newton->step({1, 1, 2}, objective, theta);
  EXPECT_NEAR(theta[0], 0, kTight);
  EXPECT_NEAR(theta[1], 0, kTight);
  newton->step({2, 1, 2}, objective, theta);
  ASSERT_TRUE(newton->ending());
  EXPECT_EQ(newton->ending()->kind, Ending::Kind::kStuck);
  EXPECT_NE(newton->ending()->message.find("smallest eigenvalue -2"), std::string::npos)
      << newton->ending()->message;
}

TEST(Newton, IsDrawnToTheMonkeySaddle) {
  PlaneObjective objective(test::monkey_saddle);
  const auto newton = test::make_optimizer("newton", test::plane_layout());
  auto theta = at(1, 1);
  for (std::int64_t t = 1; t <= 4; ++t) {
    newton->step({t, 1, 4}, objective, theta);
    // The gradient is homogeneous of degree two: each step halves the way.
    EXPECT_NEAR(theta[0], std::ldexp(1, static_cast<int>(-t)), 10 * kTight);
    EXPECT_NEAR(theta[1], std::ldexp(1, static_cast<int>(-t)), 10 * kTight);
  }
}

TEST(SaddleFreeNewton, LeavesTheSaddle) {
  PlaneObjective objective(test::saddle);
  const auto method = test::make_optimizer("saddle_free_newton", test::plane_layout());
  auto theta = at(1, 0.5);
  method->step({1, 1, 2}, objective, theta);
  EXPECT_NEAR(theta[0], 0, kTight);
  EXPECT_NEAR(theta[1], 1, kTight);
  method->step({2, 1, 2}, objective, theta);
  EXPECT_NEAR(theta[1], 2, kTight);
}

// |H| = 6 r I there, so the step is -g / (6 r).
TEST(SaddleFreeNewton, LeavesTheMonkeySaddle) {
  PlaneObjective objective(test::monkey_saddle);
  const auto method = test::make_optimizer("saddle_free_newton", test::plane_layout());
  auto theta = at(1, 1);
  method->step({1, 1, 1}, objective, theta);
  EXPECT_NEAR(theta[0], 1, 10 * kTight);
  EXPECT_NEAR(theta[1], 1 + 1 / std::sqrt(2.0), 10 * kTight);
}

TEST(DampedNewton, DescendsFromTheSaddle) {
  PlaneObjective objective(test::saddle);
  const auto method = test::make_optimizer("damped_newton(trials=5)", test::plane_layout());
  auto theta = at(1, 0.5);
  method->step({1, 1, 1}, objective, theta);
  EXPECT_LT(objective.evaluate(theta, {}), -1);
}

#ifdef RAVINE_DOUBLE  // needs its digits
TEST(Newton, ConvergesQuadraticallyNearTheMinimum) {
  PlaneObjective objective(test::rosenbrock);
  for (const char* name : {"newton", "damped_newton", "saddle_free_newton", "newton_cg"}) {
    const auto method = test::make_optimizer(name, test::plane_layout());
    auto theta = at(1.1, 1.2);
    std::vector<double> errors;
    for (std::int64_t t = 1; t <= 9; ++t) {
      errors.push_back(std::hypot(theta[0] - 1, theta[1] - 1));
      if (errors.back() < 1e-9) break;
      method->step({t, 1, 9}, objective, theta);
    }
    ASSERT_LT(errors.back(), 1e-9) << name;
    // |e+| <= K |e|^2 with one K: the exponent of the last two steps.
    const std::size_t n = errors.size();
    const double order =
        std::log(errors[n - 1] / errors[n - 2]) / std::log(errors[n - 2] / errors[n - 3]);
    // The forcing term of Newton-CG, sqrt |g|, leaves the order 1.5.
    EXPECT_GT(order, std::string_view(name) == "newton_cg" ? 1.4 : 1.6) << name;
  }
}
#endif

// The inequality that ends its inner iteration, on a Hessian with every kind of curvature.
TEST(NewtonCg, SolvesTheNewtonEquationAsFarAsItsForcingTermAsks) {
  for (const double height : {1e-4, 1.0}) {  // of the gradient: far from a solution, and near
    auto objective = test::DenseQuadratic::rotated({1, 2, 3, 10, 100, 1000}, 4);
    const ParameterLayout layout = test::one_block(6);
    std::vector<Real> start(layout.size(), 0), g(layout.size(), 0), hd(layout.size(), 0);
    const auto reach = test::make_optimizer("newton", layout);
    reach->step({1, 1 - height, 2}, objective, start);  // close to the minimum
    objective.evaluate(start, g);
    const auto method = test::make_optimizer("newton_cg(line_search=none)", layout);
    auto theta = start;
    objective.set_counts({});
    method->step({1, 1, 2}, objective, theta);
    EXPECT_LT(objective.counts().curvature_products, 7);
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= start[i];
    objective.hessian_vector(start, theta, hd);
    double norm = 0, residual = 0;
    for (std::size_t i = 0; i < g.size(); ++i) {
      norm += double{g[i]} * double{g[i]};
      residual += (double{hd[i]} + double{g[i]}) * (double{hd[i]} + double{g[i]});
    }
    norm = std::sqrt(norm);
    EXPECT_LE(std::sqrt(residual), 1.001 * std::min(0.5, std::sqrt(norm)) * norm);
    EXPECT_GT(residual, 0) << "one exact step would be Newton's";
  }
}

TEST(NewtonCg, StopsAtNegativeCurvatureWithADescentDirection) {
  PlaneObjective objective(test::saddle);
  const ParameterLayout layout = test::plane_layout();
  // From (0.1, 1) the curvature along -g is negative: the direction is -g itself.
  const auto method = test::make_optimizer("newton_cg(line_search=none)", layout);
  auto theta = at(0.1, 1);
  method->step({1, 0.25, 1}, objective, theta);
  EXPECT_EQ(objective.counts().curvature_products, 1);
  EXPECT_NEAR(theta[0], 0.1 - 0.25 * 0.2, kTight);
  EXPECT_NEAR(theta[1], 1 + 0.25 * 2, kTight);
  // With the line search it leaves the saddle that Newton's method falls into.
  const auto searching = test::make_optimizer("newton_cg(trials=5)", layout);
  theta = at(1, 0.5);
  searching->step({1, 1, 1}, objective, theta);
  EXPECT_LT(objective.evaluate(theta, {}), -0.1);
}

TEST(Newton, SolvesAQuadraticInOneStep) {
  auto objective = test::DenseQuadratic::rotated({1, 2, 3, 10, 100}, 4);
  const ParameterLayout layout = test::one_block(5);
  for (const char* name : {"newton", "damped_newton", "saddle_free_newton"}) {
    const auto method = test::make_optimizer(name, layout);
    std::vector<Real> theta(layout.size(), 0);
    method->step({1, 1, 2}, objective, theta);
    EXPECT_NEAR(objective.evaluate(theta, {}), 0, kDouble ? 1e-20 : 1e-8) << name;
    EXPECT_EQ(objective.counts().curvature_products % 5, 0) << "n products for each Hessian";
  }
}

TEST(Newton, SaysWhatIsWrongWithTheHessian) {
  const auto message = [](const char* text, auto function, double x, double y) {
    PlaneObjective objective(function);
    const auto method = test::make_optimizer(text, test::plane_layout());
    auto theta = at(x, y);
    const auto before = theta;
    method->step({1, 1, 1}, objective, theta);
    EXPECT_EQ(theta, before) << "the iterate is kept";
    return method->ending() ? method->ending()->message : "";
  };
  EXPECT_NE(message("newton(line_search=wolfe)", test::saddle, 0.1, 1).find("indefinite"),
            std::string::npos);
  const auto trough = [](double x, double y) {
    return test::Plane{x * x + y, {2 * x, 1}, {2, 0, 0}};
  };
  EXPECT_NE(message("newton", trough, 1, 1).find("singular"), std::string::npos);
  const auto hole = [](double x, double y) {
    return test::Plane{std::nan(""), {2 * x, 2 * y}, {2, 0, 2}};
  };
  EXPECT_NE(message("newton", hole, 1, 1).find("nan"), std::string::npos);
}

// Without a line search the loss may rise or end: the trial keeps the best iterate.
TEST(Newton, ReturnsToTheBestIterateWhenItDiverges) {
  const auto cliff = [](double x, double y) {
    if (x < 0) return test::Plane{std::nan(""), {0, 0}, {1, 0, 1}};
    return test::Plane{0.5 * x * x + x + 0.5 * y * y, {x + 1, y}, {1, 0, 1}};
  };
  PlaneObjective objective(cliff);
  const auto newton = test::make_optimizer("newton", test::plane_layout());
  auto theta = at(2, 1);
  newton->step({1, 1, 2}, objective, theta);
  EXPECT_LT(theta[0], 0);
  newton->step({2, 1, 2}, objective, theta);
  ASSERT_TRUE(newton->ending());
  EXPECT_EQ(newton->ending()->kind, Ending::Kind::kDiverged);
  EXPECT_EQ(theta, at(2, 1));
}

TEST(Newton, RefusesLargeProblems) {
  ParameterLayout layout;
  layout.add("weight", 100, 60, BlockKind::kWeight);
  for (const char* name : {"newton", "damped_newton", "saddle_free_newton", "bfgs"}) {
    const std::string error = refusal_of([&] { test::make_optimizer(name, layout); });
    EXPECT_NE(error.find("6000 parameters are more than"), std::string::npos) << error;
    EXPECT_NE(error.find("lbfgs"), std::string::npos) << error;
  }
}

TEST(Symmetric, EigenvectorsDiagonalize) {
  constexpr std::size_t kSize = 70;  // beyond the unblocked size of the solver
  RandomStream random(7, Purpose::kTest);
  std::vector<double> a(kSize * kSize), values(kSize), vectors(kSize * kSize);
  for (std::size_t i = 0; i < kSize; ++i)
    for (std::size_t j = 0; j <= i; ++j) a[i * kSize + j] = a[j * kSize + i] = random.normal();
  symmetric_eigen({a.data(), kSize, kSize}, values, MatrixView<double>(vectors, kSize, kSize));
  for (std::size_t k = 0; k < kSize; ++k)
    for (std::size_t i = 0; i < kSize; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < kSize; ++j) sum += a[i * kSize + j] * vectors[k * kSize + j];
      ASSERT_NEAR(sum, values[k] * vectors[k * kSize + i], 1e-12 * kSize);
    }
  EXPECT_FALSE(solve_positive_definite(MatrixView<double>(a, kSize, kSize), values));
}

}  // namespace
}  // namespace ravine
