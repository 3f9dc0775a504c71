#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "ravine/data/data_catalog.hpp"

namespace ravine {
namespace {

// Counts published with the data.
class RealData : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* const folder = std::getenv("RAVINE_DATA_DIR");
    if (!folder || !*folder) GTEST_SKIP() << "skipped: no data";
    folder_ = folder;
  }
  std::string folder_;
};

std::vector<int> label_counts(const Dataset& data, std::size_t begin, std::size_t end) {
  std::vector<int> count(data.classes);
  for (std::size_t i = begin; i < end; ++i) ++count[static_cast<std::size_t>(data.labels[i])];
  return count;
}

TEST_F(RealData, Mnist) {
  const auto data = data_catalog().load({.name = "mnist", .directory = folder_});
  EXPECT_EQ(data->train.size(), 50000u);
  EXPECT_EQ(data->validation.begin, 50000u);
  EXPECT_EQ(data->test.begin, 60000u);
  EXPECT_EQ(data->test.size(), 10000u);
  EXPECT_EQ(label_counts(*data, 0, 60000),
            (std::vector<int>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}));
  EXPECT_EQ(label_counts(*data, 60000, 70000),
            (std::vector<int>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
  EXPECT_EQ(data->labels[0], 5);
  double sum = 0;  // the mean pixel of the training images is 0.1307
  for (std::size_t i = 0; i < 60000 * 784; ++i) sum += data->features.pixels[i];
  EXPECT_NEAR(sum / (60000.0 * 784 * 255), 0.1307, 5e-5);
  const auto full = data_catalog().load({.name = "mnist", .directory = folder_, .full = true});
  EXPECT_EQ(full->train.size(), 60000u);
  EXPECT_EQ(full->validation.size(), 0u);
}

TEST_F(RealData, NamedSetsHaveTheirPublishedSizes) {
  struct Expected {
    std::size_t rows, cols, classes, test;
  };
  const std::map<std::string, Expected> expected = {{"a9a", {48842, 123, 2, 16281}},
                                                    {"cal_housing", {20640, 8, 0, 2064}},
                                                    {"imdb", {49994, 10000, 2, 24996}},
                                                    {"ionosphere", {351, 34, 2, 35}},
                                                    {"iris", {150, 4, 3, 15}},
                                                    {"mushrooms", {8124, 112, 2, 812}},
                                                    {"optdigits", {5620, 64, 10, 1797}},
                                                    {"phishing", {11055, 68, 2, 1105}},
                                                    {"rcv1_small", {1500, 47117, 2, 500}},
                                                    {"sonar", {208, 60, 2, 20}},
                                                    {"usps", {9298, 256, 10, 2007}},
                                                    {"w8a", {49749, 300, 2, 4974}},
                                                    {"wdbc", {569, 30, 2, 56}},
                                                    {"wine", {178, 13, 3, 17}},
                                                    {"fashion_mnist", {70000, 784, 10, 10000}},
                                                    {"mnist", {70000, 784, 10, 10000}}};
  for (const auto& [name, e] : expected) {
    const auto data = data_catalog().load({.name = name, .directory = folder_});
    EXPECT_EQ(data->features.rows, e.rows) << name;
    EXPECT_EQ(data->features.cols, e.cols) << name;
    EXPECT_EQ(data->classes, e.classes) << name;
    EXPECT_EQ(data->test.size(), e.test) << name;
    EXPECT_EQ(data->labels.size() + data->targets.size(), e.rows) << name;
    EXPECT_EQ(data->test.end, e.rows) << name;
  }
  const auto imdb = data_catalog().load({.name = "imdb", .directory = folder_});
  EXPECT_EQ(label_counts(*imdb, 0, 24998), (std::vector<int>{12498, 12500}));
  EXPECT_EQ(label_counts(*imdb, 24998, 49994), (std::vector<int>{12500, 12496}));
  const auto usps = data_catalog().load({.name = "usps", .directory = folder_});
  EXPECT_EQ(label_counts(*usps, 7291, 9298),
            (std::vector<int>{359, 264, 198, 166, 200, 160, 170, 147, 166, 177}));
}

}  // namespace
}  // namespace ravine
