#include "ravine/data/libsvm.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ravine/core/random.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

using Indices = std::vector<std::int32_t>;
using Starts = std::vector<std::int64_t>;

LibsvmRows libsvm_rows(std::string_view text) {
  LibsvmRows data;
  parse_libsvm(text, "t.svm", data);
  return data;
}

TEST(Libsvm, ReadsRowsWithIndicesFromOne) {
  LibsvmRows data = libsvm_rows("+1 1:0.5 3:-2\n-1\n\n+1  2:1e-3 \t 4:7  # a remark\r\n");
  EXPECT_EQ(data.labels, (std::vector<double>{1, -1, 1}));
  EXPECT_EQ(data.rows.row_start, (Starts{0, 2, 2, 4}));
  EXPECT_EQ(number_from_zero(data), 4u);
  EXPECT_EQ(data.rows.columns, (Indices{0, 2, 1, 3}));
  EXPECT_EQ(data.rows.values, (std::vector<float>{0.5f, -2, 1e-3f, 7}));
}

TEST(Libsvm, AnIndexZeroAnywhereMeansCountingFromZero) {
  LibsvmRows data = libsvm_rows("1 1:1 3:1\n2 0:1\n");
  EXPECT_EQ(number_from_zero(data), 4u);
  EXPECT_EQ(data.rows.columns, (Indices{1, 3, 0}));
}

TEST(Libsvm, TrainAndTestFilesShareTheirColumns) {
  LibsvmRows data = libsvm_rows("1 0:1 2:1\n");
  parse_libsvm("2 5:1\n", "test", data);
  EXPECT_EQ(number_from_zero(data), 6u);
  EXPECT_EQ(data.rows.columns, (Indices{0, 2, 5}));
  EXPECT_EQ(data.rows.row_start, (Starts{0, 2, 3}));
}

TEST(Libsvm, NamesTheLineOfBadTokens) {
  const auto expect_error = [](std::string_view text, std::string_view part) {
    expect_contains(refusal_of([&] { libsvm_rows(text); }), part);
  };
  expect_error("1 1:1\none 1:1\n", "'t.svm', line 2: label 'one' is not a number");
  expect_error("1,2 1:1\n", "label '1,2'");
  expect_error("nan 1:1\n", "label 'nan'");
  expect_error("1 2:1 2:3\n", "line 1: index 2 follows 2: indices must ascend");
  expect_error("1 3:1 2:3\n", "index 2 follows 3");
  for (const char* bad :
       {"1", ":1", "-1:1", "x:1", "1.5:1", "qid:3", "99999999999:1", "2147483647:1"})
    expect_error(std::string("1 ") + bad + "\n", std::string("'") + bad + "' is not index:value");
  for (const char* bad : {"", "inf", "nan", "NA", "?"})
    expect_error(std::string("1 4:") + bad + "\n",
                 std::string("the value of index 4 is '") + bad + "', a missing value");
  for (const char* bad : {"x", "1:1", "0x10", "1_0", "0,5"})
    expect_error(std::string("1 4:") + bad + "\n", std::string("is '") + bad + "', not a number");
  expect_error("1 1:1e99\n", "too large for single precision");
  for (const char* bad : {"1e39", "1e400"})
    expect_error(std::string(bad) + " 1:1\n", "too large for single precision");
  EXPECT_EQ(libsvm_rows("1 1:1e-46 2:-1e-400\n").rows.values, (std::vector<float>{0, 0}));
  expect_error("", "has no rows");
  expect_error("# only a remark\n", "has no rows");
}

TEST(Libsvm, RefusesAbsurdIndicesBeforeAnythingIsMadeOfThem) {
  const auto error = [](std::string_view text) {
    const LibsvmRows data = libsvm_rows(text);
    return refusal_of([&] { check_columns(data, "t.svm"); });
  };
  EXPECT_EQ(error("1 1:0.5\n-1 1048576:1\n"), "");
  for (const char* index : {"1048577", "90000000", "2000000000"})
    expect_contains(error(std::string("1 1:0.5\n-1 ") + index + ":1\n"),
                    std::string("'t.svm' has the index ") + index + " but only 2 values");
  LibsvmRows many = libsvm_rows("1 5000000:1\n");  // as many values as make it plausible
  many.rows.values.resize(50000);
  many.rows.columns.resize(50000);
  EXPECT_EQ(refusal_of([&] { check_columns(many, "t.svm"); }), "");
}

// Either consistent rows or an Error, whatever the bytes; sanitizers watch.
TEST(Libsvm, SurvivesDamagedTexts) {
  const std::string good = "+1 1:0.5 30:-2\n-1 2:1 7:1e5\n2.5 1:1\n";
  RandomStream random(2, Purpose::kTest);
  for (int round = 0; round < 20000; ++round) {
    std::string text = good.substr(0, random.below(static_cast<std::uint32_t>(good.size()) + 1));
    for (int i = 0; i < 3 && !text.empty(); ++i)
      text[random.below(static_cast<std::uint32_t>(text.size()))] =
          i == 0 ? static_cast<char>(random.bits()) : ":\n #0-"[random.below(6)];
    LibsvmRows data;
    if (refusal_of([&] { parse_libsvm(text, "damaged", data); }) != "") continue;
    ASSERT_EQ(data.rows.row_start.size(), data.labels.size() + 1);
    ASSERT_EQ(data.rows.row_start.back(), std::ssize(data.rows.columns));
    const std::size_t cols = number_from_zero(data);
    for (std::int32_t column : data.rows.columns) {
      ASSERT_GE(column, 0);
      ASSERT_LT(static_cast<std::size_t>(column), cols);
    }
  }
}

}  // namespace
}  // namespace ravine
