#include "ravine/optim/second_order/line_search.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "second_order/functions.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

// The test functions of More and Thuente (1994), section 5, with their counts of evaluations from
// the first steps 1e-3, 1e-1, 1e1, 1e3 (Tables I-III).
struct Published {
  double c1, c2;
  RayPoint (*phi)(double);
  int evaluations[4];
};
RayPoint first_function(double a) {
  const double b = 2, d = a * a + b;
  return {a, -a / d, (a * a - b) / (d * d)};
}
RayPoint second_function(double a) {
  const double b = 0.004, d = a + b;
  return {a, std::pow(d, 5) - 2 * std::pow(d, 4), 5 * std::pow(d, 4) - 8 * std::pow(d, 3)};
}
RayPoint third_function(double a) {
  const double b = 0.01, l = 39, pi = std::acos(-1.0);
  double value, slope;
  if (a <= 1 - b) {
    value = 1 - a, slope = -1;
  } else if (a >= 1 + b) {
    value = a - 1, slope = 1;
  } else {
    value = (a - 1) * (a - 1) / (2 * b) + b / 2, slope = (a - 1) / b;
  }
  return {a, value + 2 * (1 - b) / (l * pi) * std::sin(l * pi / 2 * a),
          slope + (1 - b) * std::cos(l * pi / 2 * a)};
}
constexpr double kFirst[4] = {1e-3, 1e-1, 1e1, 1e3};

TEST(MoreThuente, TakesThePublishedNumberOfEvaluations) {
  const Published tables[] = {{1e-3, 1e-1, first_function, {6, 3, 1, 4}},
                              {0.1, 0.1, second_function, {12, 8, 8, 11}},
                              {0.1, 0.1, third_function, {12, 12, 10, 13}}};
  for (const Published& table : tables)
    for (int k = 0; k < 4; ++k) {
      MoreThuente search(table.phi(0), kFirst[k], {table.c1, table.c2});
      int evaluations = 0;
      for (bool done = false; !done && evaluations < 50;) {
        const RayPoint at = table.phi(search.step());
        done = search.accept(at.value, at.slope);
        ++evaluations;
      }
      EXPECT_EQ(evaluations, table.evaluations[k]) << "first step " << kFirst[k];
    }
}

// A rough function of many variables: a bowl with waves in random directions.
class Waves final : public Objective {
 public:
  Waves(std::size_t size, std::uint64_t seed, double roughness) : size_(size) {
    RandomStream random(seed, Purpose::kTest);
    for (std::size_t k = 0; k < 5 * size; ++k) directions_.push_back(random.normal());
    for (int k = 0; k < 5; ++k) heights_.push_back(random.uniform(0, roughness));
  }
  bool stationary() const override { return true; }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    double loss = 0;
    std::vector<double> g(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      loss += 0.5 * theta[i] * theta[i] / static_cast<double>(i + 1);
      g[i] = theta[i] / static_cast<double>(i + 1);
    }
    for (std::size_t k = 0; k < 5; ++k) {
      double phase = 0;
      for (std::size_t i = 0; i < size_; ++i) phase += directions_[k * size_ + i] * theta[i];
      loss += heights_[k] * std::sin(phase);
      for (std::size_t i = 0; i < size_; ++i)
        g[i] += heights_[k] * std::cos(phase) * directions_[k * size_ + i];
    }
    if (!gradient.empty())
      for (std::size_t i = 0; i < size_; ++i) gradient[i] = static_cast<Real>(g[i]);
    return loss;
  }
  std::size_t size_;
  std::vector<double> directions_, heights_;
};

TEST(LineSearch, EveryAcceptedStepSatisfiesTheStrongWolfeConditions) {
  constexpr std::size_t kSize = 8;
  const double slack = test::kDouble ? 1e-13 : 1e-5;
  int found = 0, searched = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Waves objective(kSize, seed, 2);
    RandomStream random(seed, Purpose::kTest, 9);
    std::vector<Real> theta(kSize), g(kSize), d(kSize), point(kSize), new_g(kSize);
    for (Real& x : theta) x = static_cast<Real>(3 * random.normal());
    const double loss = objective.evaluate(theta, g);
    double slope = 0;
    for (std::size_t i = 0; i < kSize; ++i) d[i] = static_cast<Real>(random.normal());
    for (std::size_t i = 0; i < kSize; ++i) slope += double{d[i]} * double{g[i]};
    if (slope > 0)
      for (Real& x : d) x = -x;
    slope = -std::abs(slope);
    LineSearchOptions options;
    options.c1 = random.uniform(1e-4, 0.1);
    options.c2 = random.uniform(0.1, 0.9);
    if (options.c1 >= options.c2) continue;
    const double first = std::pow(10, random.uniform(-3, 2));
    const Ray ray{objective, theta, d, point, new_g, {}};
    const auto result = search_line(ray, {0, loss, slope}, first, options);
    ++searched;
    ASSERT_NE(result.kind, LineSearchResult::Kind::kNone) << "seed " << seed;
    double new_slope = 0;
    std::vector<Real> check(kSize);
    const double new_loss = objective.evaluate(point, check);
    for (std::size_t i = 0; i < kSize; ++i) new_slope += double{d[i]} * double{check[i]};
    EXPECT_LE(new_loss, loss + options.c1 * result.at.step * slope + slack) << "seed " << seed;
    EXPECT_EQ(check, new_g) << "the gradient is that of the accepted point";
    if (result.kind != LineSearchResult::Kind::kFound) continue;
    ++found;
    EXPECT_LE(std::abs(new_slope), -options.c2 * slope + slack) << "seed " << seed;
  }
  EXPECT_GT(found, 0.98 * searched);
}

// Every step of whole runs, from the outside: losses and gradients at successive iterates.
TEST(LineSearch, MethodsOnlyMakeWolfeSteps) {
  for (const char* name : {"gradient_descent", "conjugate_gradient", "bfgs", "lbfgs"}) {
    const double c2 = std::string_view(name) == "conjugate_gradient" ? 0.1 : 0.9;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Waves objective(8, seed, 1);
      const auto method = test::make_optimizer(name, test::one_block(8));
      std::vector<Real> theta(test::one_block(8).size(), 0);
      for (std::size_t i = 0; i < 8; ++i) theta[i] = 2;
      for (std::int64_t t = 1; t <= 15; ++t) {
        const auto before = theta;
        std::vector<Real> g(theta.size(), 0), new_g(theta.size(), 0);
        const double loss = objective.evaluate(before, g);
        method->step({t, 1, 15}, objective, theta);
        if (method->ending() || loss < -1e3) break;
        const double new_loss = objective.evaluate(theta, new_g);
        double slope = 0, new_slope = 0;
        for (std::size_t i = 0; i < theta.size(); ++i) {
          const double s = double{theta[i]} - double{before[i]};
          slope += s * double{g[i]}, new_slope += s * double{new_g[i]};
        }
        const double slack = test::kDouble ? 1e-12 : 1e-4;
        ASSERT_LE(new_loss, loss + 1e-4 * slope + slack) << name << " seed " << seed << " t " << t;
        ASSERT_LE(std::abs(new_slope), -c2 * slope + slack)
            << name << " seed " << seed << " t " << t;
      }
    }
  }
}

TEST(LineSearch, StepsBackFromLossesThatAreNotFinite) {
  const auto wall = [](double x, double) {
    if (x >= 2) return test::Plane{std::nan(""), {0, 0}, {1, 0, 1}};
    return test::Plane{-std::log(2 - x) - 3 * x, {1 / (2 - x) - 3, 0}, {1, 0, 1}};
  };
  test::PlaneObjective objective(wall);
  const auto method = test::make_optimizer("gradient_descent", test::one_block(2));
  std::vector<Real> theta(test::one_block(2).size(), 0);
  test::run(*method, objective, theta, 20, 1000);
  EXPECT_NEAR(theta[0], 2 - 1.0 / 3, 1e-3);
}

TEST(LineSearch, RefusesConstantsThatContradict) {
  const std::string error =
      refusal_of([] { test::make_optimizer("lbfgs(c1=0.4, c2=0.3)", test::one_block(2)); });
  EXPECT_NE(error.find("c1 < c2"), std::string::npos) << error;
}

}  // namespace
}  // namespace ravine
