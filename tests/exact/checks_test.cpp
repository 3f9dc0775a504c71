// The exact statements that suites store with their results, and what they leave out.
#include "averaging/checks.hpp"

#include <gtest/gtest.h>

#include <set>

#include "exact/drive.hpp"
#include "illustrations/checks.hpp"

namespace ravine {
namespace {

std::vector<Check> both_suites() {
  std::vector<Check> all = illustrations::all_checks();
  for (const Check& check : averaging::all_checks()) all.push_back(check);
  return all;
}

TEST(Checks, OfTheLectureAndOfPapersHold) {
  std::set<std::string> decided;
  for (const Check& check : both_suites()) {
    EXPECT_TRUE(check.holds()) << check.id << ": " << check.quantity << " is " << check.actual
                               << ", not " << check.predicted;
    decided.insert(check.id.substr(0, check.id.find('.')));
  }
  for (const char* statement : {"L1", "L9", "L10", "L12", "L14", "L16", "L17", "L18", "L21", "L22",
                                "L33", "L34", "L36", "A1", "A2", "A3", "A10"})
    EXPECT_TRUE(decided.contains(statement)) << statement;
}

TEST(Checks, AreStorableAndTheSameEveryTime) {
  const auto first = both_suites(), again = both_suites();
  validate_checks(first);
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    EXPECT_EQ(check_digest(first[i]), check_digest(again[i])) << first[i].id;
}

// A mode oscillates iff (1 + beta - eps lambda)^2 < 4 beta, then with amplitude beta^(t/2) and
// angle arccos((1 + beta - eps lambda) / (2 sqrt beta)) per step.
TEST(Momentum, OscillatesWithTheKnownPeriodAndDecay) {
  const double beta = 0.9, eps = 0.05;
  Drive drive("quadratic(dimension=1)", "momentum(alpha=0.9)");
  const double angle = std::acos((1 + beta - eps) / (2 * std::sqrt(beta)));
  // x_0 = 1 and x_1 = 1 - eps fix the phase.
  const double b = ((1 - eps) / std::sqrt(beta) - std::cos(angle)) / std::sin(angle);
  for (int t = 1; t <= 200; ++t) {
    drive.step(eps);
    EXPECT_NEAR(drive.theta()[0],
                std::pow(beta, 0.5 * t) * (std::cos(t * angle) + b * std::sin(t * angle)), 1e-12);
  }
  Drive overdamped("quadratic(dimension=1)", "momentum(alpha=0.9)");
  const double slow = 0.9 * std::pow(1 - std::sqrt(beta), 2);  // below the threshold
  for (int t = 1; t <= 2000; ++t) {
    overdamped.step(slow);
    ASSERT_GT(overdamped.theta()[0], 0) << t;
  }
}

}  // namespace
}  // namespace ravine
