// Networks of sequences against PyTorch in double: tests/golden/sequences.tsv, which
// scripts/make_sequence_goldens writes.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "ravine/nn/loss.hpp"
#include "ravine/nn/network.hpp"
#include "ravine/nn/workspace.hpp"

namespace ravine {
namespace {

#ifdef RAVINE_DOUBLE  // the files have its digits
struct Golden {
  std::string name, layers;
  std::size_t batch = 0, positions = 0, features = 0, classes = 0;
  double size = 0, loss = 0;
  std::vector<double> blocks;  // norm and product of the gradient of each
};

std::vector<Golden> read_goldens() {
  std::ifstream file(RAVINE_TEST_DATA "/golden/sequences.tsv");
  std::vector<Golden> goldens;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    Golden golden;
    std::getline(fields, golden.name, '\t');
    std::getline(fields, golden.layers, '\t');
    fields >> golden.batch >> golden.positions >> golden.features >> golden.classes >>
        golden.size >> golden.loss;
    double value = 0;
    while (fields >> value) golden.blocks.push_back(value);
    goldens.push_back(golden);
  }
  return goldens;
}

double pattern(std::size_t i, std::size_t a, std::size_t b, std::size_t c) {
  return static_cast<double>((a * i + b) % c) / static_cast<double>(c) - 0.5;
}
std::vector<std::int32_t> integers(std::size_t count, std::size_t a, std::size_t b, std::size_t c,
                                   std::size_t modulus) {
  std::vector<std::int32_t> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(static_cast<std::int32_t>((a * i * i + b * i + c) % modulus));
  return values;
}

void check(const Golden& golden) {
  const std::size_t count = golden.batch * golden.positions;
  NetworkOptions options;
  options.outputs = golden.positions * golden.classes;
  std::vector<double> dense;
  std::vector<std::int32_t> tokens;
  Input x;
  if (golden.features > 0) {
    options.input = Shape::sequence(golden.positions, golden.features);
    for (std::size_t i = 0; i < count * golden.features; ++i)
      dense.push_back(pattern(i, 6151, 7, 997));
    x.dense = {dense.data(), golden.batch, golden.positions * golden.features};
  } else {
    options.input = Shape::vector(golden.positions);
    options.form = InputForm::kTokens;
    options.vocabulary = golden.classes;
    tokens = integers(count, 31, 17, 5, golden.classes);
    x.tokens = {tokens.data(), golden.batch, golden.positions};
  }
  const Network network(options, parse_layers(golden.layers));
  const std::vector<Block>& blocks = network.layout().blocks();
  ASSERT_EQ(2 * blocks.size(), golden.blocks.size());
  AlignedVector<Real> theta(network.layout().size()), gradient(theta.size());
  for (std::size_t b = 0; b < blocks.size(); ++b)
    for (std::size_t i = 0; i < blocks[b].size(); ++i)
      theta[blocks[b].offset + i] = (blocks[b].kind == BlockKind::kGain ? 1.0 : 0.0) +
                                    golden.size * pattern(i, 7919, 104729 * b + 13, 1009);
  const std::vector<std::int32_t> labels = integers(count, 13, 7, 3, golden.classes);
  Targets targets;
  targets.labels = labels;
  targets.positions = golden.positions;
  Workspace workspace(network, golden.batch, Workspace::Use::kTraining);
  Pass pass{.threads = {1}, .training = true};
  const MatrixView<const Real> z = network.forward(pass, theta, x, workspace);
  const double answers = static_cast<double>(count);
  const double loss = make_loss("softmax")->sum(pass.threads, z, targets, 1 / answers,
                                                workspace.output_delta(golden.batch));
  EXPECT_NEAR(loss / answers, golden.loss, 1e-12 * golden.loss);
  network.backward(pass, theta, x, workspace, gradient);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    double squares = 0, product = 0;
    for (std::size_t i = 0; i < blocks[b].size(); ++i) {
      const double g = gradient[blocks[b].offset + i];
      squares += g * g;
      product += g * pattern(i, 4441, 1, 887);
    }
    const double norm = golden.blocks[2 * b];
    EXPECT_NEAR(std::sqrt(squares), norm, 1e-9 * norm) << blocks[b].name;
    EXPECT_NEAR(product, golden.blocks[2 * b + 1], 1e-9 * norm) << blocks[b].name;
  }
}

TEST(SequenceGoldens, LossesAndGradientsAreThoseOfPyTorch) {
  const std::vector<Golden> goldens = read_goldens();
  ASSERT_GE(goldens.size(), 9u);
  for (const Golden& golden : goldens) {
    SCOPED_TRACE(golden.name);
    check(golden);
  }
}
#endif

}  // namespace
}  // namespace ravine
