#include "ravine/data/csv.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "data/files.hpp"
#include "ravine/core/random.hpp"

namespace ravine {
namespace {

using testing::error_of;
using testing::expect_contains;
using Words = std::vector<std::string_view>;
using Values = std::vector<float>;

CsvTable parse(std::string_view text, const CsvOptions& options = {}) {
  CsvTable table;
  parse_csv(text, "t.csv", options, table);
  return table;
}

void expect_error(std::string_view text, std::string_view part, const CsvOptions& options = {}) {
  expect_contains(error_of([&] { parse(text, options); }), part);
}

TEST(Csv, ReadsNumbersAndATextTarget) {
  const CsvTable table = parse("5.1,-3.5e-1,setosa\n+4,.5,virginica\n");
  EXPECT_EQ(table.rows, 2u);
  EXPECT_EQ(table.cols, 2u);
  EXPECT_EQ(table.values, (Values{5.1f, -0.35f, 4.0f, 0.5f}));
  EXPECT_EQ(table.targets, (Words{"setosa", "virginica"}));
}

TEST(Csv, TargetFirstAndSkippedColumns) {
  const CsvTable first = parse("1,2,3\n4,5,6", {.target_first = true});
  EXPECT_EQ(first.values, (Values{2, 3, 5, 6}));
  EXPECT_EQ(first.targets, (Words{"1", "4"}));
  const CsvTable id = parse("id7,M,1,2\nid8,B,3,4\n", {.target_first = true, .skip = 1});
  EXPECT_EQ(id.values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(id.targets, (Words{"M", "B"}));
}

TEST(Csv, DropsAHeaderAndQuotes) {
  const CsvTable table = parse("\"width\",\"height\",\"class\"\r\n1,2,\"a\"\r\n\"3\",4,\"b\"\r\n");
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(table.targets, (Words{"a", "b"}));
  EXPECT_EQ(parse("\xef\xbb\xbf"
                  "1,2\n3,4\n")
                .rows,
            2u);
}

TEST(Csv, OtherSeparators) {
  for (std::string_view text : {"1;2;x\n3;4;y\n", "1\t2\tx\n3\t4\ty\n", "1 2  x\n 3   4 y \n"}) {
    const CsvTable table = parse(text);
    EXPECT_EQ(table.values, (Values{1, 2, 3, 4})) << text;
    EXPECT_EQ(table.targets, (Words{"x", "y"})) << text;
  }
}

TEST(Csv, EmptyLinesMayEndTheFileOnly) {
  EXPECT_EQ(parse("1,2\n3,4\n\n\n").rows, 2u);
  expect_error("1,2\n\n3,4\n", "line 2 is empty");
}

TEST(Csv, NamesTheLineOfBadRows) {
  expect_error("1,2,a\n1,?,a\n", "'t.csv', line 2: column 2 has no value");
  expect_error("1,2,a\n1,,a\n", "'t.csv', line 2: column 2 has no value");
  expect_error("1,2,a\n1,2,\n", "line 2: column 3 has no value");
  expect_error("1,2,a\n1,2\n", "line 2 has 2 columns where 3 are expected");
  expect_error("1,2,a\n1,2,3,a\n", "line 2 has 4 columns");
  expect_error("1,2,a\n1,x,a\n", "line 2: column 2 is 'x': a feature must be a finite number");
  expect_error("x,y,class\n1,x,a\n", "line 2: column 2 is 'x'");
  for (const char* bad : {"nan", "inf", "-inf", "1e999", "0x10", "1.5.2", "1_0", "--1", "+-1"})
    expect_error(std::string("1,2,a\n1,") + bad + ",a\n", bad);
}

TEST(Csv, RefusesWhatIsNoTable) {
  expect_error("", "has no rows");
  expect_error("a,b,c\n", "has no rows");
  expect_error("\n\n", "has no rows");
  expect_error("1\n2\n", "at least one feature and a target");
  expect_error("id,1\n", "at least one feature and a target", {.skip = 1});
}

TEST(Csv, ASecondFileMustHaveTheSameColumns) {
  CsvTable table = parse("1,2,a\n");
  parse_csv("3,4,b\n", "test.csv", {}, table);
  EXPECT_EQ(table.rows, 2u);
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4}));
  expect_contains(error_of([&] { parse_csv("3,b\n", "test.csv", {}, table); }),
                  "'test.csv', line 1 has 2 columns where 3 are expected");
}

// Either a consistent table or an Error, whatever the bytes; sanitizers watch.
TEST(Csv, SurvivesDamagedTexts) {
  const std::string good = "a,b,class\n1,-2.5,x\n\"3\",4e2,y\n5,6,x\n";
  RandomStream random(1, Purpose::kTest);
  for (int round = 0; round < 20000; ++round) {
    std::string text = good.substr(0, random.below(static_cast<std::uint32_t>(good.size()) + 1));
    for (int i = 0; i < 3 && !text.empty(); ++i)
      text[random.below(static_cast<std::uint32_t>(text.size()))] =
          i == 0 ? static_cast<char>(random.bits()) : ",;\n \"?"[random.below(6)];
    CsvTable table;
    if (error_of([&] { parse_csv(text, "damaged", {.skip = random.below(2)}, table); }) != "")
      continue;
    EXPECT_EQ(table.values.size(), table.rows * table.cols);
    EXPECT_EQ(table.targets.size(), table.rows);
    EXPECT_GE(table.cols, 1u);
  }
}

}  // namespace
}  // namespace ravine
