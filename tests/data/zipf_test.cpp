#include "ravine/data/synthetic/zipf.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ravine/data/data_catalog.hpp"

namespace ravine {
namespace {

const Dataset& texts() {
  static const Dataset data = make_zipf(0, 4000);
  return data;
}

std::span<const std::int32_t> words_of(const Dataset& data, std::size_t row) {
  const auto begin = static_cast<std::size_t>(data.features.sparse.row_start[row]);
  const auto end = static_cast<std::size_t>(data.features.sparse.row_start[row + 1]);
  return std::span(data.features.sparse.columns).subspan(begin, end - begin);
}

TEST(Zipf, RowsHoldDifferentAscendingWords) {
  const Dataset& data = texts();
  ASSERT_EQ(data.features.sparse.row_start.size(), data.features.rows + 1);
  double total = 0;
  for (std::size_t row = 0; row < data.features.rows; ++row) {
    const auto words = words_of(data, row);
    EXPECT_GE(words.size(), 150u);
    EXPECT_LE(words.size(), 230u);
    for (std::size_t k = 1; k < words.size(); ++k) EXPECT_LT(words[k - 1], words[k]);
    EXPECT_LT(words.back(), 10000);
    total += static_cast<double>(words.size());
  }
  EXPECT_NEAR(total / static_cast<double>(data.features.rows), 190, 1.5);
  EXPECT_TRUE(std::ranges::all_of(data.features.sparse.values, [](float v) { return v == 1; }));
}

// The stated frequencies are those of the texts; far from the top they fall like 1 / rank.
TEST(Zipf, FrequenciesFollowTheLaw) {
  const Dataset& data = texts();
  const auto rows = static_cast<double>(data.features.rows);
  std::vector<double> found(10000);
  for (const std::int32_t word : data.features.sparse.columns) ++found[std::size_t(word)];
  const ZipfTeacher teacher = zipf_teacher(0);
  for (const std::size_t word : {10, 50, 100, 300, 1000}) {
    const double f = teacher.frequencies[word];
    EXPECT_NEAR(found[word] / rows, f, 5 * std::sqrt(f * (1 - f) / rows) + 0.02 * f) << word;
  }
  double rank_1000 = 0, rank_2000 = 0;
  for (std::size_t k = 0; k < 200; ++k) {
    rank_1000 += found[900 + k];
    rank_2000 += found[1900 + k];
  }
  EXPECT_NEAR(rank_1000 / rank_2000, 2, 0.1);
}

TEST(Zipf, LabelsAreBalancedAndTheTeacherKnowsThem) {
  const Dataset& data = texts();
  const ZipfTeacher teacher = zipf_teacher(0);
  double base = 0, positive = 0, right = 0, sum = 0, squares = 0;
  for (std::size_t j = 0; j < 10000; ++j) base -= teacher.weights[j] * teacher.frequencies[j];
  const auto rows = static_cast<double>(data.features.rows);
  for (std::size_t row = 0; row < data.features.rows; ++row) {
    double logit = base;
    for (const std::int32_t word : words_of(data, row)) logit += teacher.weights[std::size_t(word)];
    positive += data.labels[row];
    right += (logit > 0) == (data.labels[row] == 1);
    sum += logit;
    squares += logit * logit;
  }
  EXPECT_NEAR(positive / rows, 0.5, 0.03);
  EXPECT_NEAR(right / rows, 0.84, 0.02);
  EXPECT_NEAR(std::sqrt(squares / rows - std::pow(sum / rows, 2)), 3, 0.2);
}

// A rare informative word carries a larger weight than a frequent one: as 1 / sqrt(f (1 - f)).
TEST(Zipf, RareWordsAreAsInformativeAsFrequentOnes) {
  const ZipfTeacher teacher = zipf_teacher(0);
  std::size_t informative = 0;
  for (std::size_t j = 0; j < 10000; ++j) {
    const double f = teacher.frequencies[j];
    if (teacher.weights[j] == 0) continue;
    ++informative;
    EXPECT_LE(f, 0.5);
    EXPECT_NEAR(std::fabs(teacher.weights[j]) * std::sqrt(f * (1 - f)), 3 / std::sqrt(1000.0),
                1e-12);
  }
  EXPECT_NEAR(static_cast<double>(informative), 1000, 4.5 * 30);
}

TEST(Zipf, ExamplesDoNotDependOnTheSizes) {
  const Dataset small = make_zipf(2, 30), large = make_zipf(2, 40);
  for (std::size_t row = 0; row < 30; ++row)
    EXPECT_TRUE(std::ranges::equal(words_of(small, row), words_of(large, row)));
  for (std::size_t k = 0; k < 2000; ++k)
    EXPECT_EQ(small.labels[small.test.begin + k], large.labels[large.test.begin + k]);
}

TEST(Zipf, KnownAnswer) {
  EXPECT_EQ(make_zipf(0, 500).digest,
            "447e1d3b127c5196b24642b957429fa87616a95679571e928fde27a086175b41");
}

TEST(Zipf, IsADataSet) {
  const auto data =
      data_catalog().load({.name = "zipf", .directory = "", .train = 100, .full = true});
  EXPECT_EQ(data->train.size(), 1100u);
  EXPECT_EQ(data->classes, 2u);
  EXPECT_TRUE(data->features.is_sparse());
}

}  // namespace
}  // namespace ravine
