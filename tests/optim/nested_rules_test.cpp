// Rules within rules: with some settings one rule is another, bit by bit where it makes the same
// operations, else to rounding.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "optim/trajectories.hpp"

namespace ravine {
namespace {

constexpr double kNested = sizeof(Real) == 4 ? 3e-6 : 1e-12;

const std::vector<Real> kStart = {1, -2, 3, Real(0.1), Real(-0.7)};

test::Points path(const std::string& text, double rate) {
  return test::trajectory(text, rate, 60, kStart, test::quadratic({1, 0.3, 4, 20, 2}));
}

void expect_same(const std::string& a, const std::string& b, double rate = 0.02) {
  EXPECT_EQ(path(a, rate), path(b, rate)) << a << " is not " << b;
}
void expect_close(const std::string& a, const std::string& b, double rate = 0.02) {
  EXPECT_LT(test::largest_difference(path(a, rate), path(b, rate)), kNested)
      << a << " is not " << b;
}
void expect_different(const std::string& a, const std::string& b, double rate = 0.02) {
  EXPECT_GT(test::largest_difference(path(a, rate), path(b, rate)), 1e-4) << a << " is " << b;
}

TEST(NestedRules, AdEmaMixWithoutItsSlowMeanIsAdamW) {
  expect_same("ademamix(alpha=0, weight_decay=0.5)", "adamw(weight_decay=0.5)");
  expect_different("ademamix(alpha=2, alpha_warmup=0)", "adam");
}

TEST(NestedRules, AdanWithoutDifferencesIsAdam) {
  expect_same("adan(beta1=0.9, beta2=0, beta3=0.99)", "adam(beta1=0.9, beta2=0.99)");
  expect_same("adan(beta1=0.9, beta2=0, beta3=0.99, weight_decay=0.5, no_prox=true)",
              "adamw(beta1=0.9, beta2=0.99, weight_decay=0.5)");
  expect_different("adan(beta1=0.9, beta2=0.5, beta3=0.99)", "adam(beta1=0.9, beta2=0.99)");
}

TEST(NestedRules, MarsWithoutGammaIsAdamWOnClippedBlocks) {
  expect_same("mars(gamma=0, weight_decay=0.5, clip=false)",
              "adamw(beta1=0.95, beta2=0.99, weight_decay=0.5)");
  expect_close("mars(gamma=0, weight_decay=0.5)",
               "clip(by=block, inner=adamw(beta1=0.95, beta2=0.99, weight_decay=0.5))");
  expect_different("mars(gamma=0.1, clip=false)", "adamw(beta1=0.95, beta2=0.99, weight_decay=0)");
}

TEST(NestedRules, LionWithEqualBetasIsSignum) {
  expect_same("lion(beta1=0.8, beta2=0.8, weight_decay=0.5)", "signum(beta=0.8, weight_decay=0.5)");
  expect_different("lion(beta1=0.8, beta2=0.9)", "signum(beta=0.8)");
}

TEST(NestedRules, AverageFreeGpaIsAdamW) {
  expect_close("gpa(mu_x=0, weight_decay=0.5)", "adamw(weight_decay=0.5)");
  expect_different("gpa(mu_x=0.9)", "adam");
}

TEST(NestedRules, QhAdamWithWholeMeansIsAdamAndWithNoneIsRmsProp) {
  expect_same("qhadam(beta1=0.9, nu1=1, nu2=1)", "adam");
  expect_same("qhadam(beta1=0, nu1=1, nu2=1)", "adam(beta1=0)");
  expect_close("qhadam(nu1=0, nu2=1)", "adam(beta1=0)");
  expect_different("qhadam(beta1=0.9, nu1=0.7)", "adam");
}

TEST(NestedRules, NAdamWWithoutDecayIsNAdam) {
  expect_same("nadamw(weight_decay=0)", "nadam");
  expect_same("nadamw(weight_decay=0.5)", "decay(inner=nadam, weight_decay=0.5)");
}

TEST(NestedRules, WithoutMomentumLaPropIsAdam) {
  expect_close("laprop(beta1=0)", "adam(beta1=0)");
  expect_different("laprop", "adam");
}

TEST(NestedRules, GramsIsAdamWhereTheSignsAgree) {
  expect_close("grams(beta1=0, weight_decay=0.5)", "adamw(beta1=0, weight_decay=0.5)");
  expect_different("grams", "adam", 0.2);
}

TEST(NestedRules, RectificationEndsInAdam) {
  // With beta2 = 0.5 the length of the average never reaches 5: plain momentum, for ever.
  expect_close("radam(start=torch, beta1=0, beta2=0.5)", "sgd");
  expect_close("adabelief(beta1=0, beta2=0.5)", "sgd");
}

TEST(NestedRules, DecayAroundARuleIsThatOfTheRule) {
  expect_same("decay(inner=adam, weight_decay=0.5)", "adamw(weight_decay=0.5)");
  expect_same("decay(inner=lion, weight_decay=0.5)", "lion(weight_decay=0.5)");
  expect_same("decay(inner=signum, weight_decay=0.5)", "signum(weight_decay=0.5)");
  expect_same("decay(inner=adopt, weight_decay=0)", "adopt");
  expect_different("decay(inner=adam, weight_decay=0.5, how=coupled)", "adamw(weight_decay=0.5)");
}

TEST(NestedRules, WrappersThatDoNothingAreTheirRule) {
  for (const std::string rule : {"sgd", "nesterov", "adamw(weight_decay=0.5)", "lion",
                                 "lamb(weight_decay=0.5)", "prodigy(d0=0.01)", "adan"}) {
    const double rate = 0.02;
    expect_same("clip(inner=" + rule + ", threshold=1e9)", rule, rate);
    expect_same("clip(inner=" + rule + ", by=block, threshold=1e9)", rule, rate);
    expect_same("clip(inner=" + rule + ", by=value, threshold=1e9)", rule, rate);
    expect_same("centralize(inner=" + rule + ")", rule, rate);  // of a bias
    expect_same("decay(inner=" + rule + ", on=weights)", rule, rate);
    expect_same("decay(inner=" + rule + ", weight_decay=0)", rule, rate);
    expect_same("decay(inner=" + rule + ", weight_decay=0, how=cautious)", rule, rate);
    expect_same("sam(inner=" + rule + ", rho=0)", rule, rate);
    expect_same("asam(inner=" + rule + ", rho=0)", rule, rate);
    expect_same("partition(rest=" + rule + ")", rule, rate);
  }
}

TEST(NestedRules, CautionWithoutDisagreementIsTheRule) {
  expect_same("cautious(inner=sgd)", "sgd");         // its update is the gradient
  expect_same("cautious(inner=sgd)", "sgd", 0.185);  // in long steps
  expect_same("cautious(inner=decay(inner=sgd, weight_decay=0.5))",
              "decay(inner=sgd, weight_decay=0.5)");
  // In steps so short that no element ends in subnormal numbers, where its update rounds to zero.
  expect_same("cautious(inner=adamw(beta1=0, weight_decay=0.5))",
              "adamw(beta1=0, weight_decay=0.5)", 0.002);
  expect_different("cautious(inner=adam)", "adam");
}

TEST(NestedRules, ScheduleFreeAdamWAtTheLastIterateIsItsAverage) {
  // beta1 = 0 takes gradients at z; then z is AdamW without momentum, and theta its mean.
  const auto free = path("schedule_free_adamw(beta1=0)", 0.02);
  const auto adam = path("adam(beta1=0)", 0.02);
  std::vector<double> sum(kStart.size(), 0);
  for (std::size_t t = 0; t < adam.size(); ++t)
    for (std::size_t i = 0; i < kStart.size(); ++i) {
      sum[i] += double{adam[t][i]};
      ASSERT_NEAR(free[t][i], sum[i] / static_cast<double>(t + 1), kNested) << t;
    }
}

}  // namespace
}  // namespace ravine
