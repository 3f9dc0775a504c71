// The whole catalog on networks, through the training loop: costs, endings and checkpoints.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "problems/toy_data.hpp"
#include "ravine/optim/second_order/catalog.hpp"
#include "ravine/problems/network_problem.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/checkpoint.hpp"
#include "ravine/train/trainer.hpp"
#include "second_order/functions.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using test::kDouble;

std::shared_ptr<const Problem> network(const char* batch_norm = "off", double dropout = 0,
                                       const char* loss = "softmax") {
  NetworkProblem::Options options;
  options.loss = loss;
  const std::string drop = dropout > 0 ? fmt::format("dropout({}) ", dropout) : "";
  options.layers =
      parse_layers("norm dense(6) norm tanh " + drop + "dense(5) norm tanh " + drop + "dense");
  options.l2 = 1e-3;
  options.batch_norm = parse_batch_norm(batch_norm);
  return std::make_shared<NetworkProblem>(toy_data(), options);
}

Trial trial_of(const std::string& optimizer, std::int64_t steps, std::int64_t batch_size = 0) {
  Trial trial;
  trial.problem = "mlp(data=glyphs)";  // the problem itself is made of toy data
  trial.optimizer = optimizer;
  trial.learning_rate = 1;
  trial.batch_size = batch_size;
  trial.steps = steps;
  trial.seed = 3;
  return canonical(trial, Catalogs{});
}

bool never() { return false; }

const std::vector<double>& column(const Curve& curve, std::string_view name) {
  return std::ranges::find(curve.columns(), name, &Column::name)->values;
}

class OnNetworks : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Catalog, OnNetworks, testing::ValuesIn(second_order_catalog().names()));

// Newton's own step takes the indefinite Hessian of the start as it is, which may lead uphill.
class DescendingOnNetworks : public OnNetworks {};
std::vector<std::string> descending_on_networks() {
  std::vector<std::string> all = second_order_catalog().names();
  std::erase(all, "newton");
  return all;
}
INSTANTIATE_TEST_SUITE_P(Catalog, DescendingOnNetworks,
                         testing::ValuesIn(descending_on_networks()));

TEST_P(DescendingOnNetworks, CountsItsCosts) {
  const auto problem = network();
  // Full steps of the eigenvalues' own length are too bold where the curvature changes fast.
  const bool bold = GetParam() == "saddle_free_newton";
  Trainer trainer(trial_of(bold ? "saddle_free_newton(line_search=wolfe)" : GetParam(), 15),
                  *problem, Catalogs{});
  ASSERT_TRUE(trainer.run(never));
  const auto& objective = column(trainer.curve(), "objective");
  EXPECT_LT(objective.back(), 0.7 * objective.front());
  const auto& products = column(trainer.curve(), "curvature_products");
  EXPECT_EQ(products.back(), static_cast<double>(trainer.counts().curvature_products));
  if (GetParam().ends_with("newton")) {
    EXPECT_EQ(trainer.counts().curvature_products,
              trainer.step() * static_cast<std::int64_t>(problem->layout().parameter_count()));
  } else {
    EXPECT_EQ(products.back() > 0, GetParam() == "hessian_free" || GetParam() == "newton_cg");
  }
}

TEST_P(OnNetworks, ResumesWithTheSameBits) {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const fs::path path = folder / "trial.checkpoint";
  for (const std::int64_t batch_size : {0, 300})
    for (const auto& problem : {network(), network("hidden", 0.2)}) {
      const Trial trial = trial_of(GetParam(), 8, batch_size);
      const auto make = [&] { return std::make_unique<Trainer>(trial, *problem, Catalogs{}); };
      const auto whole = make();
      ASSERT_TRUE(whole->run(never));
      const auto first = make();
      if (first->run([&] { return first->step() == 3; })) continue;  // it ended before
      save_checkpoint(path, *first, "the trial");
      const auto second = make();
      ASSERT_EQ(load_checkpoint(path, *second, "the trial"), Loaded::kCheckpoint);
      ASSERT_TRUE(second->run(never));
      EXPECT_TRUE(std::ranges::equal(whole->theta(), second->theta()));
      EXPECT_EQ(column(whole->curve(), "train_loss"), column(second->curve(), "train_loss"));
      EXPECT_EQ(whole->counts().gradients, second->counts().gradients);
      EXPECT_EQ(whole->counts().losses, second->counts().losses);
      EXPECT_EQ(whole->counts().curvature_products, second->counts().curvature_products);
      EXPECT_EQ(whole->message(), second->message());
      fs::remove(path);
    }
}

TEST(OnNetworks, HessianFreeFallsMonotonicallyAndTakesMiniBatches) {
  const auto problem = network();
  Trial trial = trial_of("hessian_free", 30);
  trial.observe = "even(count=30)";
  Trainer trainer(trial, *problem, Catalogs{});
  ASSERT_TRUE(trainer.run(never));
  const auto& objective = column(trainer.curve(), "objective");
  for (std::size_t i = 1; i < objective.size(); ++i) EXPECT_LE(objective[i], objective[i - 1]);
  EXPECT_LT(objective.back(), 0.5 * objective.front());

  for (const auto& net : {problem, network("hidden"), network("off", 0.2)}) {
    Trainer batches(trial_of("hessian_free", 30, 300), *net, Catalogs{});
    ASSERT_TRUE(batches.run(never));
    const auto& train_loss = column(batches.curve(), "train_loss");
    EXPECT_LT(train_loss.back(), 0.7 * train_loss.front());
  }
}

// Failures end the trial with an outcome and a message, and keep the best iterate.
struct Failure {
  const char *optimizer, *loss, *message;
  double learning_rate;
};
class Failing : public testing::TestWithParam<Failure> {};
constexpr double kMuchTooFar = kDouble ? 1e200 : 1e30;
INSTANTIATE_TEST_SUITE_P(
    OnNetworks, Failing,
    testing::Values(
        Failure{"newton(line_search=wolfe)", "bernoulli", "the Hessian is indefinite", 1},
        Failure{"lbfgs(trials=2)", "softmax", "the line search found no loss below", kMuchTooFar},
        Failure{"conjugate_gradient(trials=2)", "softmax", "the line search found no loss below",
                kMuchTooFar}));

#ifdef RAVINE_DOUBLE  // rounding to float lifts the zero eigenvalue
// Adding a constant to all outputs of a softmax changes nothing.
INSTANTIATE_TEST_SUITE_P(InDouble, Failing,
                         testing::Values(Failure{"newton(line_search=wolfe)", "softmax",
                                                 "the Hessian is singular", 1}));
#endif

TEST_P(Failing, SaysWhatHappenedAndKeepsTheBestIterate) {
  const auto problem = network("off", 0, GetParam().loss);
  Trial trial = trial_of(GetParam().optimizer, 5);
  trial.learning_rate = GetParam().learning_rate;
  trial.seed = 5;  // where Newton's first direction leads uphill
  AlignedVector<Real> start(problem->layout().size());
  problem->initialize(*initializer_catalog().make(trial.initializer),
                      static_cast<std::uint64_t>(trial.seed), start);
  Trainer trainer(trial, *problem, Catalogs{});
  ASSERT_TRUE(trainer.run(never));
  EXPECT_EQ(trainer.step(), 1);
  EXPECT_EQ(trainer.outcome(), Outcome::kStuck);
  EXPECT_NE(trainer.message().find(GetParam().message), std::string::npos) << trainer.message();
  EXPECT_TRUE(std::ranges::equal(trainer.theta(), start));
}

#ifdef RAVINE_DOUBLE  // sums of squares in double have room for any float
TEST(OnNetworks, ALossThatIsNotFiniteLeadsBackToTheBestIterate) {
  const auto problem = network();
  const auto session = problem->start(0, problem->train_end(), {});
  session->select(1, example_range(0, static_cast<std::int32_t>(problem->train_end())));
  AlignedVector<Real> theta(problem->layout().size());
  problem->initialize(*initializer_catalog().make("he"), 3, theta);
  const AlignedVector<Real> start = theta;
  const auto method = test::make_optimizer("saddle_free_newton", problem->layout());
  method->step({1, kMuchTooFar, 2}, *session, theta);
  EXPECT_NE(theta, start);
  method->step({2, kMuchTooFar, 2}, *session, theta);
  ASSERT_TRUE(method->ending());
  EXPECT_EQ(method->ending()->kind, Ending::Kind::kDiverged);
  EXPECT_NE(method->ending()->message.find("the loss is"), std::string::npos);
  EXPECT_EQ(theta, start);
}

TEST(OnNetworks, ADivergedTrialSaysSoAndKeepsTheBestIterate) {
  const auto problem = network();
  Trial trial = trial_of("saddle_free_newton", 5);
  trial.learning_rate = kMuchTooFar;
  trial.observe = "even(count=1)";
  AlignedVector<Real> start(problem->layout().size());
  problem->initialize(*initializer_catalog().make(trial.initializer),
                      static_cast<std::uint64_t>(trial.seed), start);
  Trainer trainer(trial, *problem, Catalogs{});
  ASSERT_TRUE(trainer.run(never));
  EXPECT_EQ(trainer.outcome(), Outcome::kDiverged);
  EXPECT_NE(trainer.message().find("loss"), std::string::npos) << trainer.message();
  EXPECT_EQ(trainer.theta().size(), start.size());
  EXPECT_TRUE(std::ranges::equal(trainer.theta(), start));
}
#endif

// A dense Hessian has a limit that networks meet at once.
TEST(OnNetworks, DenseMethodsRefuseLargeNetworks) {
  const auto problem = Catalogs().make_problem("mlp(data=glyphs, hidden=10, train=100)");
  const std::string error =
      refusal_of([&] { Trainer(trial_of("damped_newton", 1), *problem, Catalogs{}); });
  EXPECT_NE(error.find("use lbfgs or hessian_free"), std::string::npos) << error;
}

}  // namespace
}  // namespace ravine
