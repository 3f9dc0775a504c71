// The convolutional networks of the literature: what is published of them before any training.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/problems/network_problem.hpp"
#include "ravine/testing/gradient_check.hpp"
#include "ravine/train/catalogs.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

std::size_t parameters(const std::string& problem, const std::string& batch_norm = "off") {
  return Catalogs().make_problem(problem, batch_norm)->layout().parameter_count();
}

TEST(ImageRecipes, HaveThePublishedNumbersOfParameters) {
  EXPECT_EQ(parameters("lenet5(data=glyphs, train=10)"), 44426u);
  EXPECT_EQ(parameters("deepobs_2c2d(data=glyphs, train=10)"), 3274634u);
  EXPECT_EQ(parameters("deepobs_3c3d(data=motifs, train=10)"), 895210u);
  EXPECT_EQ(parameters("resnet(data=motifs, depth=20, train=10)", "hidden"), 269722u);
  EXPECT_EQ(refusal_of([] { parameters("resnet(depth=10)"); }),
            "resnet(depth) is 10: a residual network has 6n + 2 layers, such as 8, 14, 20 or 32");
}

TEST(ImageRecipes, AreNetsOfOneLine) {
  const auto net = Catalogs().make_problem(
      "net(data=glyphs, train=100, layers=\"conv(6, kernel=5, padding=valid) relu max_pool(2) "
      "conv(16, kernel=5, padding=valid) relu max_pool(2) dense(120) relu dense(84) relu dense\")");
  const auto recipe = Catalogs().make_problem("lenet5(data=glyphs, train=100)");
  std::vector<double> losses;
  for (const auto& problem : {net, recipe}) {
    AlignedVector<Real> theta(problem->layout().size()), gradient(theta.size());
    problem->initialize(*initializer_catalog().make("he"), 3, theta);
    const auto session = problem->start(3, 20, {1});
    const std::vector<std::int32_t> examples{0, 1, 2, 3, 4};
    session->select(1, examples);
    losses.push_back(session->evaluate(theta, gradient));
  }
  EXPECT_EQ(losses[0], losses[1]);
}

TEST(ImageRecipes, ChangeTrainingImagesInEveryStep) {
  for (const std::string name : {"deepobs_3c3d(data=motifs, train=10", "resnet(train=10"}) {
    std::vector<double> losses;
    for (const char* augment : {", augment=true)", ", augment=false)"}) {
      const auto problem = Catalogs().make_problem(name + augment);
      AlignedVector<Real> theta(problem->layout().size());
      problem->initialize(*initializer_catalog().make("he"), 3, theta);
      const auto session = problem->start(3, 4, {1});
      const std::vector<std::int32_t> examples{0, 1, 2, 3};
      for (const std::int64_t step : {1, 2}) {
        session->select(step, examples);
        losses.push_back(session->evaluate(theta, {}));
      }
    }
    EXPECT_NE(losses[0], losses[1]) << name;
    EXPECT_NE(losses[0], losses[2]) << name;
    EXPECT_EQ(losses[2], losses[3]) << name;
  }
}

// DeepOBS' L2 at the start, (0.002 / 2) sum of n 2 / (fan_in + fan_out) over the weights: 1.2617.
TEST(ImageRecipes, PenaltyOf3c3dBeginsWhereItWasPublished) {
  const auto problem = Catalogs().make_problem("deepobs_3c3d(data=motifs, train=10)");
  const auto plain = Catalogs().make_problem("deepobs_3c3d(data=motifs, train=10, l2=0)");
  const auto initializer =
      initializer_catalog().make("by_kind(kernels=glorot_normal, others=glorot_uniform)");
  const std::vector<std::int32_t> example{0};
  double l2 = 0;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    AlignedVector<Real> theta(problem->layout().size());
    problem->initialize(*initializer, seed, theta);
    const auto penalized = problem->start(3, 1, {1}), free = plain->start(3, 1, {1});
    penalized->select(1, example);
    free->select(1, example);
    l2 += (penalized->evaluate(theta, {}) - free->evaluate(theta, {})) / 3;
  }
  EXPECT_NEAR(l2, 1.2617, 0.01);
}

// The mean of ten published seeds, on 10 000 images; here four on 1000.
TEST(ImageRecipes, InitialLossOf2c2dIsThePublishedOne) {
  const char* const folder = std::getenv("RAVINE_DATA_DIR");
  if (!folder || !*folder) GTEST_SKIP() << "skipped: no data";
  const auto problem = Catalogs().make_problem("fmnist_2c2d", "off", folder);
  std::vector<std::int32_t> test_images(1000);
  std::iota(test_images.begin(), test_images.end(), 60000);
  const auto session = problem->start(3, test_images.size(), {1});
  session->select(1, test_images);
  double loss = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    AlignedVector<Real> theta(problem->layout().size());
    problem->initialize(*initializer_catalog().make("truncated_normal(sd=0.05, bias=0.05)"), seed,
                        theta);
    loss += session->evaluate(theta, {}) / 4;
  }
  EXPECT_NEAR(loss, 2.3545, 0.03);
}

#ifdef RAVINE_DOUBLE  // differences need its precision
TEST(ImageRecipes, GradientOfAResidualNetworkAgreesWithDifferences) {
  const auto problem = Catalogs().make_problem(
      "net(data=motifs, train=10, layers=\"conv(3, kernel=5, stride=4) norm tanh "
      "residual(conv(5, stride=2, padding=1) norm softplus conv(5, padding=1) norm) tanh "
      "residual(conv(5)) global_mean dense\")",
      "hidden");
  AlignedVector<Real> theta(problem->layout().size());
  problem->initialize(*initializer_catalog().make("he"), 3, theta);
  const auto session = problem->start(3, 10, {1});
  const std::vector<std::int32_t> examples{0, 1, 2, 3, 4};
  session->select(1, examples);
  EXPECT_LT(check_gradient(*session, theta).max_relative_error, 1e-6);
  AlignedVector<Real> v(theta.size());
  for (const Block& block : problem->layout().blocks())
    for (std::size_t i = 0; i < block.size(); ++i)
      v[block.offset + i] = std::sin(static_cast<Real>(i + 1));
  EXPECT_LT(check_hessian_vector(*session, theta, v), 1e-6);
}
#endif

}  // namespace
}  // namespace ravine
