#include "ravine/optim/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "optim/support.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

double value(const std::string& text, std::int64_t step, std::int64_t total = 1000) {
  return schedule_catalog().make(text)->value(step, total);
}

TEST(Schedule, EveryEntryStartsAtItsInitialValueAndIsDocumented) {
  for (const auto& entry : schedule_catalog().entries()) {
    EXPECT_FALSE(entry.citation.empty());
    const std::string canonical = schedule_catalog().canonical(entry.name);
    EXPECT_EQ(schedule_catalog().canonical(canonical), canonical);
    double least = 2, most = -1;
    for (std::int64_t t = 1; t <= 1200; ++t) {  // also beyond the budget
      const double v = value(entry.name, t);
      least = std::min(least, v);
      most = std::max(most, v);
      ASSERT_EQ(v, value(canonical, t)) << canonical;
    }
    EXPECT_GE(least, 0) << entry.name;
    EXPECT_LE(most, 1) << entry.name;
    if (entry.name != "warmup" && entry.name != "wsd" && entry.name != "sutskever") {
      EXPECT_EQ(value(entry.name, 1), 1.0) << entry.name;
    }
  }
}

TEST(Schedule, LinearFollowsTheLecture) {
  // eps_k = (1 - a) eps_0 + a eps_tau with a = k / tau, constant from tau on; k = t - 1.
  EXPECT_EQ(value("linear", 1), 1.0);
  EXPECT_DOUBLE_EQ(value("linear", 501), 0.5 + 0.5 * 0.01);
  EXPECT_DOUBLE_EQ(value("linear", 1001), 0.01);
  EXPECT_DOUBLE_EQ(value("linear(final=0.1, tau=0.2)", 101), 0.55);
  for (std::int64_t t : {201, 202, 1000}) EXPECT_EQ(value("linear(final=0.1, tau=0.2)", t), 0.1);
  EXPECT_DOUBLE_EQ(value("linear(initial=0.5, final=0.9)", 501), 0.7);
}

TEST(Schedule, InversesSatisfyTheirClosedForms) {
  for (std::int64_t t : {1, 2, 3, 100, 12345}) {
    const double k = static_cast<double>(t);
    EXPECT_DOUBLE_EQ(value("inverse", t), 1 / k);
    EXPECT_DOUBLE_EQ(value("inverse_sqrt", t), 1 / std::sqrt(k));
  }
  EXPECT_DOUBLE_EQ(value("inverse(k0=250)", 251), 0.5);
  EXPECT_DOUBLE_EQ(value("inverse_sqrt(k0=250)", 251), std::sqrt(0.5));
}

TEST(Schedule, InversePowerLiesBetweenThem) {
  for (const int t : {1, 2, 17, 251, 100000}) {
    const double k = (t - 1) / 20.0;
    EXPECT_NEAR(value("inverse_power(k0=20)", t), std::pow(1 + k, -0.75), 1e-15);
    EXPECT_NEAR(value("inverse_power(k0=20, power=1)", t), value("inverse(k0=20)", t), 1e-15);
    EXPECT_NEAR(value("inverse_power(k0=20, power=0.5)", t), value("inverse_sqrt(k0=20)", t),
                1e-15);
  }
}

TEST(Schedule, StepDropsAfterEveryShareOfTheBudget) {
  for (const auto& [t, expected] : std::vector<std::pair<std::int64_t, double>>{
           {1, 1}, {300, 1}, {301, 0.1}, {600, 0.1}, {601, 0.01}, {901, 0.001}, {1000, 0.001}})
    EXPECT_DOUBLE_EQ(value("step", t), expected) << t;
  EXPECT_DOUBLE_EQ(value("step(factor=0.5, every=0.1)", 1000), std::pow(0.5, 9));
}

// The number of drops before step t = k + 1 is floor(100 k / (i T)), in integers.
TEST(Schedule, StepDropsExactlyAfterEveryShare) {
  for (const std::int64_t total : {100, 150, 1000})
    for (int i = 1; i < 100; ++i) {
      const auto schedule =
          schedule_catalog().make("step(factor=0.5, every=" + format_number(i / 100.0) + ")");
      for (std::int64_t k = 0; k < total; ++k)
        ASSERT_EQ(schedule->value(k + 1, total),
                  std::ldexp(1.0, -static_cast<int>(100 * k / (i * total))))
            << i << " % of " << total << ", k = " << k;
    }
  EXPECT_EQ(value("step(factor=0.5, every=0.07)", 7, 100), 1);
  EXPECT_EQ(value("step(factor=0.5, every=0.07)", 8, 100), 0.5);
  EXPECT_EQ(value("step(factor=0.5, every=1e-40)", 2, 100), 0);
}

TEST(Schedule, LinearIsConstantExactlyFromItsShareOn) {
  for (const std::int64_t total : {100, 150, 1000})
    for (int i = 1; i <= 100; ++i) {
      const auto schedule =
          schedule_catalog().make("linear(final=0.25, tau=" + format_number(i / 100.0) + ")");
      for (std::int64_t k = 0; k < total; ++k)
        ASSERT_EQ(schedule->value(k + 1, total) == 0.25, 100 * k >= i * total)
            << i << " % of " << total << ", k = " << k;
    }
}

TEST(Schedule, WarmupTakesItsShareRoundedExactly) {
  for (const std::int64_t total : {100, 150, 1000, 1001})
    for (int i = 1; i <= 1000; ++i) {
      const auto schedule = schedule_catalog().make(
          "warmup(then=constant, fraction=" + format_number(i / 1000.0) + ")");
      const std::int64_t length = (2 * i * total + 1000) / 2000;
      if (length > 1) {
        ASSERT_LT(schedule->value(length - 1, total), 1) << i << " of " << total;
        ASSERT_EQ(schedule->value(1, total), 1 / static_cast<double>(length));
      }
      ASSERT_EQ(schedule->value(std::max<std::int64_t>(length, 1), total), 1);
    }
}

TEST(Schedule, ExponentialMultipliesByTheSameFactor) {
  for (std::int64_t t : {1, 2, 400, 1001})
    EXPECT_NEAR(value("exponential(final=0.001)", t),
                std::pow(0.001, static_cast<double>(t - 1) / 1000), 1e-14);
  EXPECT_NEAR(value("exponential(initial=0.5, final=2)", 501), 1, 1e-14);
}

TEST(Schedule, CosineIsHalfAWave) {
  for (std::int64_t t : {1, 2, 333, 777, 1000})
    EXPECT_NEAR(value("cosine", t),
                (1 + std::cos(std::numbers::pi * static_cast<double>(t - 1) / 1000)) / 2, 1e-15);
  EXPECT_EQ(value("cosine", 501), 0.5);
  EXPECT_EQ(value("cosine", 1001), 0.0);
  EXPECT_EQ(value("cosine(final=0.2)", 1001), 0.2);
  EXPECT_EQ(value("cosine(final=0.2)", 5000), 0.2);
}

TEST(Schedule, OneMinusSqrtFallsOverItsShare) {
  for (const std::int64_t t : {1, 500, 800, 801}) EXPECT_EQ(value("one_minus_sqrt", t), 1) << t;
  for (const std::int64_t t : {802, 851, 900, 951, 1000})
    EXPECT_NEAR(value("one_minus_sqrt", t), 1 - std::sqrt(static_cast<double>(t - 801) / 200),
                1e-15);
  EXPECT_EQ(value("one_minus_sqrt", 1001), 0);
  EXPECT_EQ(value("one_minus_sqrt(final=0.1)", 5000), 0.1);
  EXPECT_DOUBLE_EQ(value("one_minus_sqrt(share=1, final=0.1)", 251), 0.1 + 0.9 * 0.5);
}

TEST(Schedule, WsdRisesStaysAndFalls) {
  for (const std::int64_t t : {1, 2, 49, 50})
    EXPECT_DOUBLE_EQ(value("wsd", t), static_cast<double>(t) / 50);
  for (const std::int64_t t : {51, 400, 801}) EXPECT_EQ(value("wsd", t), 1);
  EXPECT_DOUBLE_EQ(value("wsd", 901), 0.5);
  EXPECT_DOUBLE_EQ(value("wsd(final=0.2)", 901), 0.6);
  EXPECT_DOUBLE_EQ(value("wsd(shape=one_minus_sqrt)", 851), 0.5);
  EXPECT_EQ(value("wsd", 1001), 0);
  EXPECT_EQ(value("wsd(warmup=0)", 1), 1);
  for (std::int64_t t = 1; t <= 1100; ++t)
    ASSERT_EQ(value("wsd(warmup=0, shape=one_minus_sqrt, decay=0.3, final=0.1)", t),
              value("one_minus_sqrt(share=0.3, final=0.1)", t));
  EXPECT_EQ(refusal_of([] { value("wsd", 1, 0); }),
            "the number of steps is 0: a schedule relative to the budget needs at least 1");
}

TEST(Schedule, SutskeverRisesInLevels) {
  for (std::int64_t t : {1, 250, 251, 500, 501, 5000, 12251, 1000000}) {
    const double n = std::floor(static_cast<double>(t - 1) / 250) + 1;
    EXPECT_NEAR(value("sutskever", t), std::min(1 - std::pow(2, -1 - std::log2(n)), 0.99), 1e-15);
  }
  EXPECT_EQ(value("sutskever", 250), 0.5);
  EXPECT_EQ(value("sutskever", 251), 0.75);
  EXPECT_EQ(value("sutskever", 1000000), 0.99);
}

TEST(Schedule, WarmupRisesAndHandsOver) {
  const std::string text = "warmup(steps=10, then=linear(final=0))";
  for (std::int64_t t = 1; t <= 10; ++t)
    EXPECT_DOUBLE_EQ(value(text, t, 110), static_cast<double>(t) / 10);
  for (std::int64_t t : {11, 12, 60, 110})
    EXPECT_DOUBLE_EQ(value(text, t, 110), value("linear(final=0)", t - 10, 100)) << t;
  EXPECT_DOUBLE_EQ(value("warmup(fraction=0.1)", 50, 1000), 0.5);
  EXPECT_EQ(value("warmup(fraction=0)", 1, 1000), 1.0);
  EXPECT_EQ(schedule_catalog().canonical("warmup(then=step)"),
            "warmup(steps=0, fraction=0.05, then=step(factor=0.1, every=0.3))");
  EXPECT_DOUBLE_EQ(value("warmup(fraction=1)", 1000, 1000), 1.0);
  EXPECT_DOUBLE_EQ(value("warmup(steps=10, then=constant(value=0.4))", 5), 0.2);
}

TEST(Schedule, RefusesWhatIsOutOfRange) {
  for (const char* bad : {"linear(tau=0)", "linear(tau=1.5)", "linear(final=-1)", "step(every=0)",
                          "exponential(final=0)", "sutskever(max=1)", "sutskever(period=0)",
                          "inverse(k0=0)", "warmup(then=liner)", "warmup(then=linear(tau=2))",
                          "warmup(fraction=2)", "constant(value=nan)"})
    EXPECT_THROW(schedule_catalog().canonical(bad), Error) << bad;
  EXPECT_THROW(schedule_catalog().make("warmup(then=linear(tau=2))"), Error);
  EXPECT_EQ(refusal_of([] { value("linear", 1, 0); }),
            "the number of steps is 0: a schedule relative to the budget needs at least 1");
}

}  // namespace
}  // namespace ravine
