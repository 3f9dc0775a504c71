// Compares layers of images with PyTorch, whose values scripts/make_image_goldens wrote.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "ravine/core/text.hpp"
#include "ravine/nn/network.hpp"
#include "ravine/nn/workspace.hpp"

namespace ravine {
namespace {

#ifdef RAVINE_DOUBLE  // 1e-9 needs its precision
constexpr std::size_t kExamples = 3;

// The formula of the script.
void fill(std::span<Real> values, std::int64_t start) {
  for (std::size_t index = 0; index < values.size(); ++index) {
    const auto i = static_cast<std::int64_t>(index);
    const std::int64_t number = (7919 * i + 104729 * start + 31 * i * start) % 1009;
    values[index] = static_cast<Real>(static_cast<double>(number) / 1009 - 0.5);
  }
}

double weighted_sum(std::span<const Real> values, std::int64_t k) {
  std::vector<Real> weights(values.size());
  fill(weights, 50 + k);
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += values[i] * weights[i];
  return sum;
}

struct Row {
  std::string input, layers, batch_norm, outputs, array;
  std::vector<double> sums;

  bool same_network(const Row& other) const {
    return input == other.input && layers == other.layers && batch_norm == other.batch_norm;
  }
};

std::vector<Row> read_rows() {
  std::ifstream file(RAVINE_TEST_DATA "/golden/image_layers.tsv");
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = split_outside_parentheses(line, '\t');
    Row& row = rows.emplace_back(Row{fields[0], fields[1], fields[2], fields[3], fields[4], {}});
    for (std::size_t i = 5; i < fields.size(); ++i)
      row.sums.push_back(std::strtod(fields[i].c_str(), nullptr));
  }
  return rows;
}

Shape image_of(const std::string& text) {
  std::vector<std::size_t> extents;
  std::istringstream numbers(text.substr(text.find('(') + 1));
  for (std::size_t extent = 0; numbers >> extent; numbers.ignore()) extents.push_back(extent);
  return Shape(extents);
}

// One pass through a network of the file.
class Values {
 public:
  explicit Values(const Row& row)
      : network_(options(row), parse_layers(row.layers)),
        x_(kExamples * network_.inputs()),
        theta_(network_.layout().size()),
        gradient_(theta_.size()),
        workspace_(network_, kExamples, Workspace::Use::kTraining) {
    fill(x_, 1);
    std::int64_t start = 2;
    for (const Block& block : network_.layout().blocks())
      fill(block.of(std::span(theta_)), start++);
    Pass pass;
    pass.training = true;
    const Input x{.dense = {std::span<const Real>(x_), kExamples, network_.inputs()}};
    z_ = network_.forward(pass, theta_, x, workspace_);
    fill(workspace_.output_delta(kExamples).elements(), 40);
    network_.backward(pass, theta_, x, workspace_, gradient_);
  }
  std::span<const Real> array(const std::string& name) const {
    if (name == "z") return z_.elements();
    return network_.layout().block(name).of(std::span<const Real>(gradient_));
  }

 private:
  static NetworkOptions options(const Row& row) {
    NetworkOptions options;
    options.input = image_of(row.input);
    options.outputs = static_cast<std::size_t>(parse_integer(row.outputs, "outputs"));
    options.batch_norm = parse_batch_norm(row.batch_norm);
    return options;
  }

  Network network_;
  AlignedVector<Real> x_, theta_, gradient_;
  Workspace workspace_;
  MatrixView<const Real> z_;
};

TEST(ImageGoldens, LayersAgreeWithPyTorch) {
  const std::vector<Row> rows = read_rows();
  ASSERT_GT(rows.size(), 100u);
  for (std::size_t begin = 0; begin < rows.size();) {
    const Values values(rows[begin]);
    std::size_t i = begin;
    for (; i < rows.size() && rows[i].same_network(rows[begin]); ++i)
      for (std::size_t k = 0; k < rows[i].sums.size(); ++k) {
        const double sum = weighted_sum(values.array(rows[i].array), static_cast<std::int64_t>(k));
        EXPECT_NEAR(sum, rows[i].sums[k], 1e-9)
            << rows[i].input << ' ' << rows[i].layers << ' ' << rows[i].array;
      }
    begin = i;
  }
}
#endif

}  // namespace
}  // namespace ravine
