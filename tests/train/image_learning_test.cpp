// What convolutions are for: shapes that may lie anywhere.
#include <gtest/gtest.h>

#include <string>

#include "ravine/train/catalogs.hpp"
#include "ravine/train/trainer.hpp"
#include "train/columns.hpp"

namespace ravine {
namespace {

struct Learned {
  std::size_t parameters;
  double test_accuracy;
};

Learned learn_motifs(const std::string& layers) {
  Trial trial;
  trial.problem = "net(data=motifs, train=4000, layers=\"" + layers + "\")";
  trial.optimizer = "adam";
  trial.learning_rate = 3e-3;
  trial.batch_size = 50;
  trial.epochs = 6;
  trial.observe = "even(count=1)";
  const Catalogs catalogs;
  trial = canonical(trial, catalogs);
  const auto problem = catalogs.make_problem(trial.problem);
  Trainer trainer(trial, *problem, catalogs);
  EXPECT_TRUE(trainer.run([] { return false; }));
  return {problem->layout().parameter_count(),
          values_of(trainer.curve().columns(), "test_accuracy").back()};
}

// With fewer parameters; chance is a tenth.
TEST(Motifs, AConvolutionClearlyBeatsAPerceptron) {
  const Learned convolution = learn_motifs(
      "conv(12, kernel=5, stride=2) relu max_pool(2) conv(24, kernel=3) relu max_pool(2) "
      "conv(48, kernel=3) relu dense");
  const Learned perceptron = learn_motifs("dense(8) relu dense");
  EXPECT_LT(convolution.parameters, perceptron.parameters);
  EXPECT_GT(convolution.test_accuracy, 0.4);
  EXPECT_GT(convolution.test_accuracy, perceptron.test_accuracy + 0.2);
}

}  // namespace
}  // namespace ravine
