#include "ravine/testing/gradient_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

// sum_i sin(x_i), with one coordinate of the gradient wrong by a given factor.
class Sines final : public Objective {
 public:
  explicit Sines(double factor) : factor_(factor) {}

 private:
  double do_evaluate(std::span<const Real> x, std::span<Real> g) override {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += std::sin(double(x[i]));
      if (!g.empty()) g[i] = static_cast<Real>(std::cos(double(x[i])) * (i == 3 ? factor_ : 1));
    }
    return sum;
  }
  double factor_;
};

const std::vector<Real> kPoint = {Real(0.1), Real(0.5), Real(-0.3), Real(0.9), Real(-1.1)};

GradientCheckOptions options() {
  GradientCheckOptions o;
  o.step = kPrecision == "double" ? 1e-5 : 1e-2;
  return o;
}

TEST(GradientCheck, AcceptsARightGradient) {
  Sines objective(1);
  EXPECT_LT(check_gradient(objective, kPoint, options()).max_relative_error,
            kPrecision == "double" ? 1e-9 : 1e-3);
}

TEST(GradientCheck, FindsTheWrongCoordinate) {
  Sines objective(1.01);
  const GradientCheck worst = check_gradient(objective, kPoint, options());
  EXPECT_EQ(worst.index, 3u);
  EXPECT_NEAR(worst.max_relative_error, 0.01 / 1.01, 1e-3);
  EXPECT_NEAR(worst.analytic, 1.01 * std::cos(0.9), 1e-6);
  EXPECT_NEAR(worst.numeric, std::cos(0.9), 1e-3);
}

TEST(GradientCheck, SamplesCoordinates) {
  Sines objective(1.01);
  GradientCheckOptions o = options();
  o.samples = 2;
  check_gradient(objective, kPoint, o);
  EXPECT_EQ(objective.counts().gradients, 1);
  EXPECT_EQ(objective.counts().losses, 4);
}

TEST(GradientCheck, RefusesAGradientThatSaysNothing) {
  Sines objective(std::nan(""));
  EXPECT_THROW(check_gradient(objective, kPoint, options()), Error);
}

}  // namespace
}  // namespace ravine
