// The problems without data files that are more than a function: what all of them promise.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/data/file_catalog.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/testing/gradient_check.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {
namespace {

class Models : public testing::TestWithParam<const char*> {
 protected:
  Models() : problem(Catalogs().make_problem(GetParam())), theta(problem->layout().size()) {
    problem->initialize(*initializer_catalog().make("he"), 3, theta);
    session = problem->start(3, problem->train_end(), {});
    examples.resize(std::min<std::size_t>(problem->train_end(), 5));
    std::iota(examples.begin(), examples.end(), 0);
    session->select(1, examples);
  }
  std::shared_ptr<const Problem> problem;
  AlignedVector<Real> theta;
  std::unique_ptr<Session> session;
  std::vector<std::int32_t> examples;
};

#ifdef RAVINE_DOUBLE  // differences need its precision
TEST_P(Models, GradientAgreesWithCentralDifferences) {
  for (const Block& block : problem->layout().blocks())
    for (std::size_t i = 0; i < block.size(); ++i)
      theta[block.offset + i] += Real(0.1) * std::sin(Real(i + 1));
  EXPECT_LT(check_gradient(*session, theta).max_relative_error, 1e-6);
}
#endif

TEST_P(Models, AStepIsOneFunctionWhateverIsAsked) {
  AlignedVector<Real> first(theta.size()), second(theta.size());
  const double loss = session->evaluate(theta, first);
  session->measure(theta);
  EXPECT_EQ(session->evaluate(theta, {}), loss);
  EXPECT_EQ(session->evaluate(theta, second), loss);
  EXPECT_EQ(first, second);
  auto again = problem->start(3, problem->train_end(), {});
  again->select(1, examples);
  EXPECT_EQ(again->evaluate(theta, second), loss);
  EXPECT_EQ(first, second);
}

TEST_P(Models, MeasuresFiniteNumbersFromTheStart) {
  EXPECT_TRUE(std::isfinite(session->measure(theta).objective));
  AlignedVector<Real> allowed = theta;
  session->project(allowed);
  EXPECT_EQ(allowed, theta);  // every start is allowed
}

TEST_P(Models, PaddingStaysZero) {
  AlignedVector<Real> gradient(theta.size(), Real(7));
  session->evaluate(theta, gradient);
  std::vector<bool> inside(theta.size());
  for (const Block& block : problem->layout().blocks())
    for (std::size_t i = 0; i < block.size(); ++i) inside[block.offset + i] = true;
  for (std::size_t i = 0; i < theta.size(); ++i) {
    if (inside[i]) continue;
    EXPECT_EQ(theta[i], 0);
    EXPECT_EQ(gradient[i], 0);
  }
}

TEST_P(Models, RefuseBatchNormalization) {
  EXPECT_THROW(Catalogs().make_problem(GetParam(), "hidden"), Error);
}

INSTANTIATE_TEST_SUITE_P(Every, Models,
                         testing::Values("quadratic_deep", "noisy_quadratic(dimension=20)",
                                         "noisy_quadratic(dimension=9, noise=0)", "wilson", "reddi",
                                         "reddi(stochastic=true)",
                                         "linear_chain(depth=4, weight=0.8)"));

TEST(EveryProblem, MeasuresWhatItSays) {
  std::vector<std::string> texts = {"mlp(data=shapeset, hidden=3, train=64)",
                                    "autoencoder(data=curves, hidden=4, code=2, train=64)"};
  const Catalogs catalogs;
  for (const std::string& name : catalogs.problems.names())
    if (catalogs.problems.canonical(name).starts_with(name)) texts.push_back(name);  // not an alias
  std::size_t made = 0;
  for (const std::string& text : texts) {
    std::shared_ptr<const Problem> problem;
    try {
      problem = catalogs.make_problem(text);
    } catch (const MissingData&) {
      continue;
    }
    ++made;
    AlignedVector<Real> theta(problem->layout().size());
    problem->initialize(*initializer_catalog().make("he"), 1, theta);
    const auto session = problem->start(1, problem->least_batch(), {});
    std::vector<std::int32_t> examples(problem->least_batch());
    std::iota(examples.begin(), examples.end(), 0);
    session->select(1, examples);
    const Metrics measured = session->measure(theta);
    std::vector<std::string_view> names;
    for (const MetricInfo& column : kMetrics)
      if (!std::isnan(measured.*column.value)) names.push_back(column.name);
    EXPECT_EQ(names, problem->metrics()) << text;
  }
  EXPECT_EQ(made, texts.size());
}

TEST(QuadraticDeepProblem, LossIsTheMeanOfItsExamples) {
  const auto problem = Catalogs().make_problem("quadratic_deep");
  AlignedVector<Real> theta(problem->layout().size());
  problem->initialize(*initializer_catalog().make("he"), 0, theta);
  const auto session = problem->start(0, 1000, {});
  double sum = 0;
  for (const std::int32_t example : {3, 14, 15}) {
    session->select(1, std::span(&example, 1));
    sum += session->evaluate(theta, {});
  }
  const std::vector<std::int32_t> batch = {3, 14, 15};
  session->select(1, batch);
  EXPECT_NEAR(session->evaluate(theta, {}), sum / 3, 1e-10);
}

TEST(GeneratedData, CurvesAreForAutoencodersOnly) {
  EXPECT_THROW(Catalogs().make_problem("mlp(data=curves, train=10, loss=squared)"), Error);
  const auto problem =
      Catalogs().make_problem("autoencoder(data=curves, train=10, hidden=8, code=2)");
  EXPECT_EQ(problem->train_end(), 10u);
}

}  // namespace
}  // namespace ravine
