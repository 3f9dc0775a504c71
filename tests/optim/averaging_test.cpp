#include "ravine/optim/averaging.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "optim/support.hpp"
#include "ravine/core/random.hpp"

namespace ravine {
namespace {

constexpr double kRoundingOfAverages = sizeof(Real) == 4 ? 1e-6 : 1e-13;

std::unique_ptr<Averaging> make(const std::string& text, const ParameterLayout& layout) {
  auto averaging = averaging_catalog().make(text);
  averaging->reset(layout);
  return averaging;
}

double average_of(const Averaging& averaging, const ParameterLayout& layout) {
  std::vector<Real> value(layout.size());
  averaging.value(value);
  return value[0];
}

// Takes in theta_t = f(t) for t = 1, ..., steps and returns the average.
template <class F>
double average(const std::string& text, std::int64_t steps, F&& f) {
  const ParameterLayout layout = test::one_block(1);
  const auto averaging = make(text, layout);
  std::vector<Real> theta(layout.size(), 0);
  for (std::int64_t t = 1; t <= steps; ++t) {
    theta[0] = static_cast<Real>(f(t));
    averaging->update(t, steps, theta);
  }
  return average_of(*averaging, layout);
}

TEST(Polyak, IsTheArithmeticMeanFromItsStart) {
  const auto ramp = [](std::int64_t t) { return static_cast<double>(t); };
  EXPECT_EQ(average("polyak", 100, ramp), 50.5);
  EXPECT_EQ(average("polyak(start=0.5)", 100, ramp), 75.5);  // 51, ..., 100
  EXPECT_EQ(average("polyak(start=0.99)", 100, ramp), 100.0);
}

TEST(Polyak, IsNotReadyBeforeItsStart) {
  const ParameterLayout layout = test::one_block(1);
  const auto averaging = make("polyak(start=0.5)", layout);
  const std::vector<Real> theta(layout.size(), 3);
  for (std::int64_t t = 1; t <= 10; ++t) {
    averaging->update(t, 10, theta);
    EXPECT_EQ(averaging->ready(), t > 5) << t;
  }
}

TEST(Polyak, StartsExactlyAfterItsShare) {
  const ParameterLayout layout = test::one_block(1);
  const std::vector<Real> theta(layout.size(), 3);
  for (const std::int64_t total : {50, 100, 1000})
    for (int i = 0; i < 100; ++i) {
      const auto averaging = make("polyak(start=" + format_number(i / 100.0) + ")", layout);
      for (std::int64_t t = 1; t <= total; ++t) {
        averaging->update(t, total, theta);
        ASSERT_EQ(averaging->ready(), 100 * t > i * total) << i << " % of " << total << ": " << t;
      }
    }
}

TEST(Ema, OfAConstantIsTheConstantFromTheFirstStep) {
  for (std::int64_t steps : {1, 2, 10, 1000})
    for (const char* text : {"ema", "ema(decay=0)", "ema(decay=0.5)", "ema(bias_correction=false)"})
      EXPECT_NEAR(average(text, steps, [](std::int64_t) { return 0.7; }), 0.7, kRoundingOfAverages)
          << text;
}

TEST(Ema, HasItsClosedFormOnARamp) {
  // (1 - a) sum_{i=1}^t a^(t-i) i = t - a (1 - a^t) / (1 - a).
  const double a = 0.9;
  const std::int64_t t = 30;
  const double power = std::pow(a, 30), sum = 30 - a * (1 - power) / (1 - a);
  const auto ramp = [](std::int64_t i) { return static_cast<double>(i); };
  EXPECT_NEAR(average("ema(decay=0.9)", t, ramp) / (sum / (1 - power)), 1, kRoundingOfAverages);
  // Started at theta_1 = 1, the missing weight a^t stays with it.
  EXPECT_NEAR(average("ema(decay=0.9, bias_correction=false)", t, ramp) / (sum + power), 1,
              kRoundingOfAverages);
}

// Gradient descent on a noisy quadratic: theta <- r theta + noise. The mean of T iterates has
// variance c / (h^2 T); the last iterate, and the ema, keep a floor.
TEST(Averaging, ReducesTheVarianceOfTheNoisyQuadraticAsPredicted) {
  const double h = 1, rate = 0.1, r = 1 - rate * h, decay = 0.9;
  const std::int64_t steps = 4000;
  const std::size_t runs = 2000;
  const ParameterLayout layout = test::one_block(runs);
  const auto polyak = make("polyak", layout), ema = make("ema(decay=0.9)", layout);
  std::vector<Real> theta(layout.size(), 0), value(layout.size());
  RandomStream noise(11, Purpose::kTest);
  for (std::int64_t t = 1; t <= steps; ++t) {
    for (std::size_t i = 0; i < runs; ++i) {
      // Uniform noise of variance 1 costs less than a normal and has the same second moments.
      const double n = noise.uniform(-std::sqrt(3.0), std::sqrt(3.0));
      theta[i] = static_cast<Real>(r * theta[i] - rate * n);
    }
    polyak->update(t, steps, theta);
    ema->update(t, steps, theta);
  }
  const auto variance = [&](std::span<const Real> x) {
    double sum = 0;
    for (std::size_t i = 0; i < runs; ++i) sum += double{x[i]} * double{x[i]};
    return sum / static_cast<double>(runs);
  };
  const double stationary = rate * rate / (1 - r * r);
  const double tolerance = 0.15;  // five standard errors of a variance from 2000 runs
  EXPECT_NEAR(variance(theta) / stationary, 1, tolerance);
  polyak->value(value);
  EXPECT_NEAR(variance(value) * h * h * static_cast<double>(steps), 1, tolerance);
  ema->value(value);
  const double shrink = (1 - decay) * (1 + r * decay) / ((1 + decay) * (1 - r * decay));
  EXPECT_NEAR(variance(value) / (stationary * shrink), 1, tolerance);
}

TEST(Averaging, EveryEntryContinuesFromSavedStateWithoutAllocating) {
  const ParameterLayout layout = test::one_block(1000);
  RandomStream random(5, Purpose::kTest);
  for (const auto& entry : averaging_catalog().entries()) {
    EXPECT_FALSE(entry.citation.empty());
    const std::string text = averaging_catalog().canonical(entry.name);
    EXPECT_EQ(averaging_catalog().canonical(text), text);
    const auto original = make(entry.name, layout), restored = make(text, layout);
    std::vector<Real> theta(layout.size(), 0), a(layout.size()), b(layout.size());
    const auto update = [&](Averaging& averaging, std::int64_t t) {
      for (std::size_t i = 0; i < 1000; ++i)
        theta[i] = static_cast<Real>(std::sin(static_cast<double>(t) + static_cast<double>(i)));
      const std::int64_t before = test::allocation_count();
      averaging.update(t, 20, theta);
      EXPECT_EQ(test::allocation_count(), before);
    };
    for (std::int64_t t = 1; t <= 7; ++t) update(*original, t);
    test::StateSaver saved;
    original->visit_state(saved);
    test::StateLoader loader(saved);
    restored->visit_state(loader);
    for (std::int64_t t = 8; t <= 20; ++t) {
      update(*original, t);
      update(*restored, t);
    }
    original->value(a);
    restored->value(b);
    EXPECT_EQ(a, b) << entry.name;
  }
}

TEST(Averaging, RefusesWhatIsOutOfRange) {
  for (const char* bad : {"polyak(start=1)", "ema(decay=1)", "ema(decay=-0.1)", "none"})
    EXPECT_THROW(averaging_catalog().canonical(bad), Error) << bad;
}

}  // namespace
}  // namespace ravine
