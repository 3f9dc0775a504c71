// The exact statements that suites store with their results, and what they leave out.
#include <gtest/gtest.h>

#include <set>

#include "averaging/checks.hpp"
#include "batch_norm/checks.hpp"
#include "batch_size/checks.hpp"
#include "exact/drive.hpp"
#include "illustrations/checks.hpp"
#include "initialization/checks.hpp"
#include "schedules/checks.hpp"

namespace ravine {
namespace {

void append(std::vector<Check>& all, std::vector<Check> more) {
  all.insert(all.end(), more.begin(), more.end());
}

std::vector<Check> double_suites() {
  std::vector<Check> all = illustrations::all_checks();
  append(all, averaging::all_checks());
  return all;
}

/// Suites that run in single precision: here their checks hold in double.
std::vector<Check> single_suites() {
  std::vector<Check> all = schedules::checks();
  append(all, batch_size::checks());
  append(all, batch_norm::checks());
  append(all, initialization::checks());
  return all;
}

void expect_decided(const std::vector<Check>& checks, const std::vector<std::string>& statements) {
  std::set<std::string> decided;
  for (const Check& check : checks) {
    EXPECT_TRUE(check.holds()) << check.id << ": " << check.quantity << " is " << check.actual
                               << ", not " << check.predicted;
    decided.insert(check.id.substr(0, check.id.find('.')));
  }
  for (const std::string& statement : statements)
    EXPECT_TRUE(decided.contains(statement)) << statement;
}

TEST(Checks, OfRulesAveragesAndPapersHold) {
  expect_decided(double_suites(), {"L1", "L9", "L10", "L12", "L14", "L16", "L17", "L18", "L21",
                                   "L22", "L33", "L34", "L36", "A1", "A2", "A3", "A10", "A11"});
}

TEST(Checks, OfSchedulesBatchesNormalizationAndStartsHold) {
  expect_decided(single_suites(), {"L4", "L5", "L23", "L24", "L25", "L26", "L28", "L29", "L30",
                                   "L31", "L32", "A4", "A7", "A8"});
}

TEST(Checks, AreStorableAndTheSameEveryTime) {
  const auto first = double_suites(), again = double_suites();
  validate_checks(first);
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    EXPECT_EQ(check_digest(first[i]), check_digest(again[i])) << first[i].id;
}

// A mode oscillates iff (1 + beta - eps lambda)^2 < 4 beta, then with amplitude beta^(t/2) and
// angle arccos((1 + beta - eps lambda) / (2 sqrt beta)) per step.
TEST(Momentum, OscillatesWithTheKnownPeriodAndDecay) {
  const double beta = 0.9, eps = 0.05;
  Drive drive("quadratic(dimension=1)", "momentum(beta=0.9)");
  const double angle = std::acos((1 + beta - eps) / (2 * std::sqrt(beta)));
  // x_0 = 1 and x_1 = 1 - eps fix the phase.
  const double b = ((1 - eps) / std::sqrt(beta) - std::cos(angle)) / std::sin(angle);
  for (int t = 1; t <= 200; ++t) {
    drive.step(eps);
    EXPECT_NEAR(drive.theta()[0],
                std::pow(beta, 0.5 * t) * (std::cos(t * angle) + b * std::sin(t * angle)), 1e-12);
  }
  Drive overdamped("quadratic(dimension=1)", "momentum(beta=0.9)");
  const double slow = 0.9 * std::pow(1 - std::sqrt(beta), 2);  // below the threshold
  for (int t = 1; t <= 2000; ++t) {
    overdamped.step(slow);
    ASSERT_GT(overdamped.theta()[0], 0) << t;
  }
}

}  // namespace
}  // namespace ravine
