// Replays the trajectories of scripts/make_goldens and make_rule_goldens: PyTorch's where the
// definitions agree, a numpy transcription of the formulas elsewhere.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "optim/matrix_goldens.hpp"
#include "optim/support.hpp"
#include "ravine/core/digest.hpp"

namespace ravine {
namespace {

constexpr std::size_t kDimensions = 20;
constexpr double kGoldenTolerance = sizeof(Real) == 4 ? 1e-5 : 1e-12;

struct Golden {
  std::string optimizer, schedule, oracle;
  double learning_rate = 0;
  std::map<std::int64_t, std::vector<double>> theta;  // by step
};

void read_goldens(const char* path, std::vector<Golden>& goldens) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream fields(line);
    std::string first, rate;
    std::getline(fields, first, '\t');
    if (first == "case") {
      Golden& golden = goldens.emplace_back();
      std::getline(fields, golden.optimizer, '\t');
      std::getline(fields, rate, '\t');
      std::getline(fields, golden.schedule, '\t');
      std::getline(fields, golden.oracle, '\t');
      golden.learning_rate = parse_double(rate, "learning rate");
    } else {
      auto& theta = goldens.back().theta[parse_integer(first, "step")];
      for (std::string x; std::getline(fields, x, '\t');) theta.push_back(parse_double(x, "theta"));
    }
  }
}

std::vector<Golden> read_goldens() {
  std::vector<Golden> goldens;
  read_goldens(RAVINE_TEST_DATA "/golden/optimizers.tsv", goldens);
  read_goldens(RAVINE_TEST_DATA "/golden/rules.tsv", goldens);
  return goldens;
}

// Two blocks whose sizes are not multiples of a vector register, so that padding and loop tails are
// part of the replay. `place[i]` is where dimension i lies in the parameter vector.
struct Replay {
  ParameterLayout layout;
  std::vector<std::size_t> place;
  std::int64_t step = 0;

  Replay() {
    layout.add("weight", 3, 5, BlockKind::kWeight);
    layout.add("bias", 1, 5, BlockKind::kBias);
    for (const Block& block : layout.blocks())
      for (std::size_t i = 0; i < block.size(); ++i) place.push_back(block.offset + i);
  }

  std::vector<Real> start() const {
    std::vector<Real> theta(layout.size(), 0);
    for (std::size_t i = 0; i < kDimensions; ++i)
      theta[place[i]] =
          static_cast<Real>((i % 2 == 0 ? 1.5 : -1.5) / (1 + static_cast<double>(i) / 8));
    return theta;
  }

  double operator()(std::span<const Real> theta, std::span<Real> gradient) const {
    const auto at = [&](std::size_t i) { return double{theta[place[i % kDimensions]]}; };
    for (std::size_t i = 0; i < kDimensions; ++i) {
      const double x = at(i), curvature = 1 / (1 + static_cast<double>(i) / 4);
      const std::int64_t k = static_cast<std::int64_t>(i);
      const auto m = static_cast<double>((7919 * k + 104729 * step + 31 * k * step) % 1009);
      const double wells = curvature * x * (x * x - 1);
      const double ring = 0.3 * (2 * x - at(i + kDimensions - 1) - at(i + 1));
      gradient[place[i]] = static_cast<Real>(wells + ring + 0.5 * (m / 1009 - 0.5));
    }
    return 0;
  }
};

void replay(const Golden& golden) {
  Replay problem;
  test::FunctionObjective objective(
      [&](auto theta, auto gradient) { return problem(theta, gradient); });
  const auto schedule = schedule_catalog().make(golden.schedule);
  const std::int64_t total = golden.theta.rbegin()->first;
  auto theta = problem.start();
  const auto optimizer = test::make_optimizer(golden.optimizer, problem.layout, theta);
  for (std::int64_t t = 1; t <= total; ++t) {
    problem.step = t;
    optimizer->step({t, golden.learning_rate * schedule->value(t, total), total}, objective, theta);
    const auto expected = golden.theta.find(t);
    if (expected == golden.theta.end()) continue;
    double error = 0, norm = 0;
    for (std::size_t i = 0; i < kDimensions; ++i) {
      const double exact = expected->second.at(i);
      error += (theta[problem.place[i]] - exact) * (theta[problem.place[i]] - exact);
      norm += exact * exact;
    }
    ASSERT_LT(std::sqrt(error / norm), kGoldenTolerance) << "at step " << t;
  }
}

TEST(Golden, EveryTrajectoryIsReproduced) {
  for (const Golden& golden : read_goldens()) {
    SCOPED_TRACE(golden.optimizer + " at rate " + format_number(golden.learning_rate) + ", " +
                 golden.schedule + ", from " + golden.oracle);
    EXPECT_EQ(golden.theta.rbegin()->first, 100);
    replay(golden);
  }
}

// Known bits: GCC and Clang, and every release with this MAJOR.MINOR, must give these.
TEST(Golden, LectureRulesHaveTheSameBitsOnEveryCompiler) {
  Replay problem;
  test::FunctionObjective objective(
      [&](auto theta, auto gradient) { return problem(theta, gradient); });
  const auto schedule = schedule_catalog().make("warmup(then=cosine)");
  Sha256 digest;
  for (const char* text : {"sgd", "momentum(beta=exponential(final=0.5, initial=0.9))", "nesterov",
                           "adagrad", "rmsprop", "rmsprop_nesterov", "adam"}) {
    auto theta = problem.start();
    const auto optimizer = test::make_optimizer(text, problem.layout, theta);
    for (std::int64_t t = 1; t <= 100; ++t) {
      problem.step = t;
      optimizer->step({t, 0.02 * schedule->value(t, 100), 100}, objective, theta);
    }
    digest.update(std::as_bytes(std::span(theta)));
  }
  EXPECT_EQ(digest.finish_hex().substr(0, 16),
            kPrecision == "float" ? "45efa9f7087c4868" : "895ecd921150c661");
}

TEST(Golden, EveryRuleHasOne) {
  std::set<std::string> replayed;
  for (const Golden& golden : read_goldens())
    replayed.insert(optimizer_catalog().expand(Component::parse(golden.optimizer)).name);
  for (const test::MatrixGolden& golden : test::read_matrix_goldens())
    replayed.insert(optimizer_catalog().expand(Component::parse(golden.optimizer)).name);
  for (const auto& entry : first_order_catalog().entries())
    if (entry.name != "partition") {  // has the bits of its parts
      EXPECT_TRUE(replayed.contains(entry.name)) << entry.name;
    }
}

}  // namespace
}  // namespace ravine
