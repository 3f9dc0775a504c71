// What cannot work is refused when the plan is made, and only that.
#include "ravine/plan/trial_checks.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "optim/support.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/train/trainer.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

Trial one_step(const std::string& optimizer, const std::string& problem,
               const std::string& batch_norm = "off") {
  Trial trial;
  trial.optimizer = optimizer;
  trial.problem = problem;
  trial.batch_norm = batch_norm;
  trial.learning_rate = 1e-3;
  trial.batch_size = 0;
  trial.steps = 1;
  return trial;
}

// One planner, which makes each problem once.
std::string planning_error(const Trial& trial) {
  static const Catalogs catalogs;
  static Planner planner("", catalogs);
  return refusal_of([&] { planner.prepare(trial); });
}

/// What the trial says when it is run whatever the plan says.
std::string running_error(const Trial& raw) {
  static const Catalogs catalogs;
  static std::map<std::string, std::shared_ptr<const Problem>> problems;
  auto& problem = problems[raw.problem + raw.batch_norm];
  if (!problem) problem = catalogs.make_problem(raw.problem, raw.batch_norm);
  return refusal_of([&] {
    Trainer trainer(canonical(raw, catalogs), *problem, catalogs);
    trainer.run([] { return false; });
  });
}

const std::vector<std::pair<std::string, std::string>> kKindsOfProblems = {
    {"quadratic(dimension=3)", "off"},
    {"quadratic(dimension=3, noise=0.1)", "off"},
    {"rosenbrock", "off"},
    {"beale", "off"},
    {"saddle", "off"},
    {"wilson", "off"},
    {"reddi", "off"},
    {"noisy_quadratic(dimension=20)", "off"},
    {"quadratic_deep", "off"},
    {"logreg(data=ill_conditioned, train=40)", "off"},
    {"mlp(data=ill_conditioned, train=40, hidden=2)", "off"},
    {"mlp(data=ill_conditioned, train=40, hidden=2)", "hidden"},
    {"mlp(data=glyphs, train=40, hidden=100)", "off"},
    {"autoencoder(data=curves, train=40, hidden=5-3-5)", "off"},
};

// Every optimizer of the catalog on every kind of problem: a plan refuses exactly what fails.
TEST(TrialChecks, EveryPairIsRefusedByThePlanOrMakesItsFirstStep) {
  std::set<std::string> refused;
  std::vector<std::string> optimizers = Catalogs{}.optimizers.names();
  std::ranges::replace(optimizers, "sophia", "sophia(k=1)");  // which asks in its first step
  optimizers.push_back("lbfgs(line_search=exact)");
  for (const std::string& optimizer : optimizers)
    for (const auto& [problem, batch_norm] : kKindsOfProblems) {
      SCOPED_TRACE(optimizer + " on " + problem + ", batch norm " + batch_norm);
      const Trial trial = one_step(optimizer, problem, batch_norm);
      const std::string planned = planning_error(trial), ran = running_error(trial);
      EXPECT_EQ(planned.empty(), ran.empty()) << planned << "\n" << ran;
      if (!planned.empty()) refused.insert(optimizer + " on " + problem);
    }
  EXPECT_TRUE(refused.contains("hessian_free on rosenbrock"));
  EXPECT_TRUE(refused.contains("newton on reddi"));
  EXPECT_TRUE(refused.contains("bfgs on mlp(data=glyphs, train=40, hidden=100)"));
  EXPECT_FALSE(refused.contains("hessian_free on wilson"));
}

TEST(TrialChecks, ARefusalNamesThePairWhatIsMissingAndWhatWorks) {
  const std::string curvature = planning_error(one_step("hessian_free", "rosenbrock"));
  EXPECT_EQ(curvature.find("optimizer 'hessian_free' needs Gauss-Newton products, which problem "
                           "'rosenbrock(dimension=2)' does not offer: give it another problem ("),
            0u)
      << curvature;
  EXPECT_NE(curvature.find(", wilson) or this problem another optimizer (sgd, "),
            std::string::npos);
  EXPECT_NE(curvature.find(", newton_cg)"), std::string::npos) << "the last that can";
  // Its arguments are the reason.
  const std::string exact = planning_error(one_step("lbfgs(line_search=exact)", "reddi"));
  EXPECT_NE(exact.find("line_search=exact"), std::string::npos) << exact;
  EXPECT_NE(exact.find("gradient_descent, conjugate_gradient, bfgs, lbfgs)"), std::string::npos);
  const std::string large = planning_error(one_step("newton", "quadratic(dimension=3000)"));
  EXPECT_EQ(large.find("optimizer 'newton' takes at most 2000 parameters, but problem "
                       "'quadratic(dimension=3000, condition=100, noise=0)' has 3000: give it a "
                       "smaller problem or this problem another optimizer (sgd, "),
            0u)
      << large;
}

std::string schedule_error(const std::string& schedule, const std::string& optimizer,
                           double learning_rate = 0.1, std::int64_t steps = 10) {
  Trial trial = one_step(optimizer, "rosenbrock");
  trial.schedule = schedule;
  trial.learning_rate = learning_rate;
  trial.steps = steps;
  return planning_error(trial);
}

TEST(TrialChecks, SchedulesStayInTheRangeOfWhatFollowsThem) {
  EXPECT_EQ(schedule_error("constant", "momentum(beta=linear(initial=0.5, final=0.9))"), "");
  EXPECT_EQ(schedule_error("constant", "momentum(beta=warmup(steps=4, then=constant(value=1)))"),
            "momentum(beta) at step 4 is 1: it must be in [0, 1)");
  EXPECT_EQ(schedule_error("constant", "momentum(beta=linear(initial=0.5, final=3, tau=1))", 0.1,
                           1'000'000'000)
                .find("momentum(beta) at step 1000000000 is 2.99"),
            0u);
  EXPECT_EQ(schedule_error("constant", "lbfgs(c1=linear(initial=0.1, final=0.9, tau=1))", 1),
            "lbfgs(c1) at step 10 is 0.8200000000000001: it must be in (0, 0.5)");
  if (sizeof(Real) == 4) {
    const std::string infinite = schedule_error("constant(value=1e38)", "sgd", 100);
    EXPECT_NE(infinite.find("the learning rate at step 1 is "), std::string::npos) << infinite;
    EXPECT_NE(infinite.find(", 100 times the 1e+38 of schedule 'constant(value=1e+38)': it must be "
                            "in [0, 3.4028234663852886e+38]"),
              std::string::npos)
        << infinite;
  }
}

}  // namespace
}  // namespace ravine
