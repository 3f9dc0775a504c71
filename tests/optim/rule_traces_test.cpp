// Replays the short trajectories of scripts/make_rule_goldens, which agree with those that were
// printed from independent transcriptions of the reference implementations.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "optim/support.hpp"

namespace ravine {
namespace {

constexpr double kTraceTolerance = sizeof(Real) == 4 ? 2e-6 : 1e-12;

struct Trace {
  std::string problem, optimizer;
  double learning_rate = 0;
  std::map<std::int64_t, std::vector<double>> theta;  // by step
};

std::vector<Trace> read_traces() {
  std::ifstream file(RAVINE_TEST_DATA "/golden/rule_traces.tsv");
  std::vector<Trace> traces;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream fields(line);
    std::string first, rate;
    std::getline(fields, first, '\t');
    if (first == "case") {
      Trace& trace = traces.emplace_back();
      std::getline(fields, trace.problem, '\t');
      std::getline(fields, trace.optimizer, '\t');
      std::getline(fields, rate, '\t');
      trace.learning_rate = parse_double(rate, "learning rate");
    } else {
      auto& theta = traces.back().theta[parse_integer(first, "step")];
      for (std::string x; std::getline(fields, x, '\t');) theta.push_back(parse_double(x, "theta"));
    }
  }
  return traces;
}

void replay(const Trace& trace) {
  const bool bowl = trace.problem == "bowl";
  ParameterLayout layout;
  if (bowl)
    layout.add("theta", 1, 2, BlockKind::kBias);
  else
    layout.add("theta", 2, 3, BlockKind::kWeight);
  test::Quadratic q{AlignedVector<Real>(layout.size(), 0), AlignedVector<Real>(layout.size(), 0)};
  std::vector<Real> theta(layout.size(), 0);
  const std::vector<double> h =
      bowl ? std::vector<double>{1, 10} : std::vector<double>{1, 3, 5, 2, 6, 4};
  const std::vector<double> start =
      bowl ? std::vector<double>{1, -0.25} : std::vector<double>{0.1, 0.3, -0.5, -0.2, 0.4, 0.6};
  for (std::size_t i = 0; i < h.size(); ++i) {
    q.curvature[i] = static_cast<Real>(h[i]);
    theta[i] = static_cast<Real>(start[i]);
  }
  auto objective = q.objective();
  const auto optimizer = test::make_optimizer(trace.optimizer, layout, theta);
  const std::int64_t total = trace.theta.rbegin()->first;
  for (std::int64_t t = 1; t <= total; ++t) {
    optimizer->step({t, trace.learning_rate, total}, objective, theta);
    const auto expected = trace.theta.find(t);
    if (expected == trace.theta.end()) continue;
    for (std::size_t i = 0; i < h.size(); ++i)
      EXPECT_NEAR(theta[i], expected->second.at(i), kTraceTolerance) << "at step " << t;
  }
}

TEST(RuleTraces, AreReproduced) {
  const auto traces = read_traces();
  EXPECT_GE(traces.size(), 35u);
  for (const Trace& trace : traces) {
    SCOPED_TRACE(trace.optimizer + " on the " + trace.problem);
    replay(trace);
  }
}

}  // namespace
}  // namespace ravine
