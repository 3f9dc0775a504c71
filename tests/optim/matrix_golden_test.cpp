// Replays the traces of scripts/make_matrix_goldens, whose weights are stored as (out, in).
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "optim/matrix_goldens.hpp"
#include "optim/support.hpp"

namespace ravine {
namespace {

struct MatrixProblem {
  std::size_t out, in;
  std::vector<double> w, start;  // output by output
};

MatrixProblem small_problem() {
  return {3, 2, {1, 2, 3, 6, 5, 4}, {0.1, -0.2, 0.3, 0.4, -0.5, 0.6}};
}

MatrixProblem larger_problem(int in) {
  MatrixProblem problem{4, static_cast<std::size_t>(in), {}, {}};
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < in; ++j) {
      problem.w.push_back(0.5 + ((3 * i + 5 * j) % 11) / 4.0);
      problem.start.push_back(std::cos(1.0 + 2 * i + 3 * j + i * j) / (1 + i));
    }
  return problem;
}

BlockKind kind_of(const std::string& text) {
  if (text == "kernel") return BlockKind::kKernel;
  if (text == "output") return BlockKind::kOutput;
  if (text == "bias") return BlockKind::kBias;
  return BlockKind::kWeight;
}

// In float the null space of SOAP's first L holds rounding, of which Adam makes steps as long as
// any other unless epsilon is larger: there is nothing to compare with.
bool is_rounding(const test::MatrixGolden& golden) {
  return sizeof(Real) == 4 && golden.optimizer.starts_with("soap") &&
         golden.optimizer.find("epsilon=") == std::string::npos &&
         golden.optimizer.find("max_size=") == std::string::npos;
}

// L and R have half rank at first. SOAP may turn their null space at will; Shampoo raises it to
// epsilon, which is below the rounding of float.
double tolerance_of(const test::MatrixGolden& golden) {
  const bool soap = golden.optimizer.starts_with("soap");
  if (sizeof(Real) == 4) return soap || golden.optimizer.starts_with("shampoo") ? 1e-3 : 2e-5;
  return soap ? 1e-8 : 1e-10;
}

void replay(const test::MatrixGolden& golden) {
  const MatrixProblem problem = golden.problem == "small"    ? small_problem()
                                : golden.problem == "larger" ? larger_problem(7)
                                                             : larger_problem(5);
  ParameterLayout layout;
  if (golden.kind == "second") layout.add("first", 2, 3, BlockKind::kWeight);
  layout.add("block", problem.in, problem.out, kind_of(golden.kind));
  const Block& block = layout.block("block");
  std::vector<std::size_t> place;  // of each element in their order
  for (std::size_t o = 0; o < problem.out; ++o)
    for (std::size_t i = 0; i < problem.in; ++i)
      place.push_back(block.offset + i * problem.out + o);
  std::vector<Real> theta(layout.size(), 0);
  for (std::size_t k = 0; k < place.size(); ++k)
    theta[place[k]] = static_cast<Real>(problem.start[k]);
  test::FunctionObjective objective([&](auto at, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{0});
    for (std::size_t k = 0; k < place.size(); ++k)
      gradient[place[k]] = static_cast<Real>(problem.w[k] * double{at[place[k]]});
    return 0.0;
  });
  const auto optimizer = test::make_optimizer(golden.optimizer, layout, theta);
  const std::int64_t total = golden.theta.rbegin()->first;
  for (std::int64_t t = 1; t <= total; ++t) {
    optimizer->step({t, golden.learning_rate, total}, objective, theta);
    const auto expected = golden.theta.find(t);
    if (expected == golden.theta.end()) continue;
    double error = 0, norm = 0;
    for (std::size_t k = 0; k < place.size(); ++k) {
      const double difference = double{theta[place[k]]} - expected->second.at(k);
      error += difference * difference;
      norm += expected->second.at(k) * expected->second.at(k);
    }
    ASSERT_LT(std::sqrt(error / norm), tolerance_of(golden)) << "at step " << t;
  }
}

TEST(MatrixGolden, EveryTraceIsReproduced) {
  const auto goldens = test::read_matrix_goldens();
  EXPECT_GE(goldens.size(), 26u);
  for (const test::MatrixGolden& golden : goldens) {
    if (is_rounding(golden)) continue;
    SCOPED_TRACE(golden.optimizer + " on a " + golden.kind + ", " + golden.problem);
    EXPECT_EQ(golden.theta.rbegin()->first, 20);
    replay(golden);
  }
}

}  // namespace
}  // namespace ravine
