// Data, layers and losses that do not fit together.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "problems/toy_network.hpp"
#include "ravine/core/error.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

std::string refusal(std::shared_ptr<const Dataset> data, const NetworkProblem::Options& o) {
  return refusal_of([&] { NetworkProblem problem(std::move(data), o); });
}

TEST(NetworkProblem, RefusesWhatDoesNotFitTogether) {
  NetworkProblem::Options shallow = toy_options("hidden");
  shallow.layers = parse_layers("norm dense");
  EXPECT_EQ(
      refusal(toy_data(), shallow),
      "batch normalization 'hidden' needs a hidden layer with a norm slot, as in \"dense(100) "
      "norm relu dense\": use off or add one");
  EXPECT_EQ(refusal(sparse_toy_data(), toy_options("input+hidden")),
            "batch normalization would make the sparse inputs of 'toy' dense: use hidden");
  NetworkProblem::Options autoencoder = toy_options();
  autoencoder.loss = "bernoulli";
  autoencoder.reconstruct = true;
  EXPECT_EQ(refusal(sparse_toy_data(), autoencoder),
            "an autoencoder needs dense inputs, but 'toy' is sparse: choose a dense data set");
  const NetworkProblem problem(toy_data(), toy_options());
  EXPECT_THROW(problem.start(1, 10, {1})->select(1, example_range(0, 11)), Error);
}

// A Bernoulli loss of targets outside [0, 1] has no lower bound: it would win every ranking.
TEST(NetworkProblem, LossesRefuseTargetsOutsideTheirDomain) {
  NetworkProblem::Options reconstruct = toy_options();
  reconstruct.reconstruct = true;
  for (const char* loss : {"bernoulli", "logistic_squared"}) {
    reconstruct.loss = loss;
    auto unit = toy_data();
    for (float& value : unit->features.dense) value = 1 / (1 + std::exp(-value));
    EXPECT_EQ(refusal(unit, reconstruct), "");
    for (const float bad : {-0.001f, 1.001f, std::numeric_limits<float>::quiet_NaN()}) {
      auto data = std::make_shared<Dataset>(*unit);
      data->features.dense.back() = bad;  // of the test part
      EXPECT_NE(refusal(data, reconstruct).find("needs inputs in [0, 1]"), std::string::npos)
          << bad;
    }
    unit->features.shift = {0.5};  // what counts is the normalized value
    EXPECT_NE(refusal(unit, reconstruct).find("needs inputs in [0, 1]"), std::string::npos);
  }
  reconstruct.loss = "squared";
  EXPECT_EQ(refusal(toy_data(), reconstruct), "");
  NetworkProblem::Options supervised = toy_options();
  supervised.loss = "bernoulli";
  auto real = toy_data();
  real->classes = 0;
  real->labels.clear();
  real->targets.assign(real->features.rows, 0.25f);
  EXPECT_EQ(refusal(real, supervised), "");
  real->targets.back() = 1.5f;
  EXPECT_EQ(
      refusal(real, supervised),
      "loss=bernoulli needs targets in [0, 1], but those of 'toy' range from 0.25 to 1.5: use "
      "loss=squared");
  real->targets.back() = std::numeric_limits<float>::infinity();
  supervised.loss = "squared";
  EXPECT_NE(refusal(real, supervised).find("a finite target for each"), std::string::npos);
  auto classes = toy_data();
  for (const std::int32_t bad : {-1, 4}) {
    classes->labels.back() = bad;
    EXPECT_NE(refusal(classes, toy_options()).find("needs a label from 0 to 3"), std::string::npos);
  }
}

TEST(NetworkProblem, GuessedClassesNeedALossThatIsForClassesOnly) {
  auto data = toy_data();
  data->guessed_classes = true;
  NetworkProblem::Options o = toy_options();
  EXPECT_EQ(refusal(data, o), "");
  for (const char* loss : {"squared", "bernoulli"}) {
    o.loss = loss;
    EXPECT_NE(refusal(data, o).find("set task=classes or task=regression"), std::string::npos);
  }
  data->guessed_classes = false;
  EXPECT_EQ(refusal(data, o), "");
}

}  // namespace
}  // namespace ravine
