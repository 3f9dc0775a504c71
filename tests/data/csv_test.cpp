#include "ravine/data/csv.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "ravine/core/random.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

using Words = std::vector<std::string_view>;
using Values = std::vector<float>;

CsvTable csv_table(std::string_view text, const CsvOptions& options = {}) {
  CsvTable table;
  parse_csv(text, "t.csv", options, table);
  return table;
}

void expect_error(std::string_view text, std::string_view part, const CsvOptions& options = {}) {
  expect_contains(refusal_of([&] { csv_table(text, options); }), part);
}

TEST(Csv, ReadsNumbersAndATextTarget) {
  const CsvTable table = csv_table("5.1,-3.5e-1,setosa\n+4,.5,virginica\n");
  EXPECT_EQ(table.rows, 2u);
  EXPECT_EQ(table.cols, 2u);
  EXPECT_EQ(table.values, (Values{5.1f, -0.35f, 4.0f, 0.5f}));
  EXPECT_EQ(table.targets, (Words{"setosa", "virginica"}));
}

TEST(Csv, TargetFirstAndSkippedColumns) {
  const CsvTable first = csv_table("1,2,3\n4,5,6", {.target = "first"});
  EXPECT_EQ(first.values, (Values{2, 3, 5, 6}));
  EXPECT_EQ(first.targets, (Words{"1", "4"}));
  const CsvTable id = csv_table("id7,M,1,2\nid8,B,3,4\n", {.target = "first", .skip = 1});
  EXPECT_EQ(id.values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(id.targets, (Words{"M", "B"}));
}

TEST(Csv, DropsAHeaderAndQuotes) {
  const CsvTable table =
      csv_table("\"width\",\"height\",\"class\"\r\n1,2,\"a\"\r\n\"3\",4,\"b\"\r\n");
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(table.targets, (Words{"a", "b"}));
  EXPECT_EQ(csv_table("\xef\xbb\xbf"
                      "1,2\n3,4\n")
                .rows,
            2u);
}

TEST(Csv, OtherSeparators) {
  for (std::string_view text : {"1;2;x\n3;4;y\n", "1\t2\tx\n3\t4\ty\n", "1 2  x\n 3   4 y \n"}) {
    const CsvTable table = csv_table(text);
    EXPECT_EQ(table.values, (Values{1, 2, 3, 4})) << text;
    EXPECT_EQ(table.targets, (Words{"x", "y"})) << text;
  }
}

TEST(Csv, EmptyLinesMayEndTheFileOnly) {
  EXPECT_EQ(csv_table("1,2\n3,4\n\n\n").rows, 2u);
  expect_error("1,2\n\n3,4\n", "line 2 is empty");
}

TEST(Csv, TheTargetMayBeAnyColumn) {
  const std::string_view text = "label,x,flag\n7,1,a\n8,2,b\n";
  EXPECT_EQ(csv_table(text).targets, (Words{"a", "b"}));
  for (const char* target : {"2", "x"}) {
    const CsvTable table = csv_table("label,x,flag\n7,1,3\n8,2,4\n", {.target = target});
    EXPECT_EQ(table.targets, (Words{"1", "2"})) << target;
    EXPECT_EQ(table.values, (Values{7, 3, 8, 4})) << target;
    EXPECT_EQ(table.target_name, "x") << target;
  }
  expect_error(text, "does not name a column 'lable' (did you mean 'label'?)", {.target = "lable"});
  expect_error("x,x,y\n1,2,3\n",
               "names two columns 'x': give the target's number, such as target=1",
               {.target = "x"});
  for (const char* beyond : {"0", "4", "1.5", "-1", "1e30"})
    expect_error(text, "its columns are numbered from 1 to 3", {.target = beyond});
  expect_error("1,2\n3,4\n", "names a column, but header=no", {.target = "x", .header = "no"});
}

// What stands for nothing, and what only begins like a number.
constexpr const char* kMissing[] = {"",    "?",         "NA",   "na",  "N/A", "nan",
                                    "NaN", "-nan",      "null", "--",  "inf", "-inf",
                                    "Inf", "-Infinity", "None", "<NA>"};
constexpr const char* kBroken[] = {"0x10", "1_000", "1.5.2", "1,5",   "--1", "+-1",        "1e",
                                   "5cm",  "1 2",   "-",     "10-19", "$5",  "2024-01-31", "'0'"};

TEST(Csv, NamesTheLineOfBadFeatures) {
  for (const char* bad : kMissing)
    expect_error(std::string("1,2,a\n1,") + bad + ",a\n", "missing value");
  for (const char* bad : kBroken)
    expect_error(std::string("1;2;a\n1;") + bad + ";a\n",
                 std::string("'t.csv', line 2: column 2 is '") + bad + "', not a");
  for (const char* bad : {"1e400", "1e39", "-3.5e38"})
    expect_error(std::string("1,2,a\n1,") + bad + ",a\n", "too large for single precision");
  expect_error("1,2,a\n1,,a\n", "'t.csv', line 2: column 2 is empty, a missing value");
  expect_error("1,2,a\n1,x,a\n", "line 2: column 2 is 'x', not a number");
  expect_error("x,y,class\n1,x,a\n", "line 2: column 2 is 'x'");
  expect_error("1,2,a\n1,2\n", "line 2 has 2 columns instead of 3");
  expect_error("1,2,a\n1,2,3,a\n", "line 2 has 4 columns");
}

// A target column is numbers or words: a broken number never becomes a class.
TEST(Csv, TargetsAreNumbersOrWordsAndNeverBoth) {
  for (const Task task : {Task::kAuto, Task::kClasses, Task::kRegression})
    for (const char* bad : kMissing) {
      expect_error(std::string("1;2\n3;4\n5;") + bad + "\n", "line 3: column 2 is ",
                   {.task = task});
      if (task == Task::kRegression) continue;
      expect_error(std::string("x;y\n3;a\n5;") + bad + "\n", "line 3: column 2 is ",
                   {.header = "yes", .task = task});
    }
  for (const char* bad : kBroken) {
    expect_error(std::string("1;2\n3;4\n5;") + bad + "\n", "line 3: column 2 is '");
    expect_error(std::string("1;a\n3;b\n5;") + bad + "\n", "clearly a word");
    expect_error(std::string("1;") + bad + "\n3;4\n", "line 2: column 2 is '4', but line 1",
                 {.header = "no", .task = Task::kClasses});
  }
  expect_error("1,2\n3,1e400\n", "too large for single precision");
  expect_error("1,0\n2,one\n", "line 2: column 2 is 'one', but line 1 has the number '0' there");
  expect_error("1,zero\n2,1\n", "line 1 could be a header or a row");
  expect_error("1,a\n2,b\n3,7\n", "line 3: column 2 is '7', but line 1 has the word 'a' there");
  expect_error("1,a\n2,b\n", "task=regression needs numbers", {.task = Task::kRegression});
  const CsvTable ranges = csv_table("1,10-19\n2,20-29\n", {.task = Task::kClasses});
  EXPECT_TRUE(ranges.words);
  EXPECT_EQ(ranges.targets, (Words{"10-19", "20-29"}));
}

TEST(Csv, AHeaderIsJudgedByTheColumnsBelow) {
  const auto expect_header = [](std::string_view text, bool header) {
    const CsvTable table = csv_table(text);
    EXPECT_EQ(table.header, header) << text;
    EXPECT_EQ(table.rows, 2u + (header ? 0 : 1)) << text;
  };
  expect_header("x,y,class\n1,2,a\n3,4,b\n", true);
  expect_header("x,y,class\n1,2,0\n3,4,1\n", true);
  expect_header("0,1,label\n1,2,0\n3,4,1\n", true);  // names that pandas gives
  expect_header("1,2,label\n1,2,0\n3,4,1\n", true);
  expect_header("id,0,1,label\n8,1,2,0\n9,3,4,1\n", true);
  expect_header("label,1x1,1x2\n1,2,0\n3,4,1\n", true);
  expect_header("Na,Mg,NA\n1,2,a\n3,4,b\n", true);  // sodium here, not a missing value
  expect_header("1,2,a\n1,2,b\n3,4,a\n", false);
  expect_header("0,1,a\n1,2,b\n3,4,a\n", false);  // a class that comes again
  expect_header("0,1\n1,2\n3,4\n", false);
  for (const char* doubtful : {"0,1,label\n1,2,a\n3,4,b\n", "0.3,0.2,error\n1,2,0\n3,4,1\n",
                               "0.3,x,1\n1,2,0\n3,4,1\n", "0,1,2\n1,2,0\n3,4,1\n"}) {
    expect_error(doubtful, "line 1 could be a header or a row: set header=yes");
    EXPECT_EQ(csv_table(doubtful, {.header = "yes"}).rows, 2u) << doubtful;
  }
  EXPECT_EQ(csv_table("0,1,2\n1,2,0\n3,4,1\n", {.header = "no"}).rows, 3u);
  EXPECT_EQ(csv_table("5,6\n1,2\n3,4\n", {.header = "yes"}).rows, 2u);
  expect_error("x,y,class\n1,2,a\n", "column 1 is 'x', not a number", {.header = "no"});
  expect_error("male,1,0\nfemale,2,1\n",
               "line 1: column 1 is 'male', not a number: correct it, or ");
  // A row with a missing value is not a header, and an index without a name is not a feature.
  expect_error("?,x,a\n1,2,a\n", "line 1: column 1 is '?', a missing value");
  expect_error("NA,a\n1,a\n2,b\n", "line 1: column 1 is 'NA', a missing value");
  for (const char* index : {"Unnamed: 0,x,label\n0,1,a\n1,3,b\n", ",x,y,label\n0,1,2,a\n1,3,4,b\n",
                            "\tx\tlabel\n0\t1\t1\n1\t3\t0\n", ",0,1,label\n0,1,2,0\n1,3,4,1\n"})
    expect_error(index, "line 1: column 1 has no name, as if pandas had written row numbers");
  expect_error("x,,label\n1,2,0\n3,4,1\n", "column 2 has no name");
}

TEST(Csv, SeparatorsAreThoseOfTheWholeText) {
  expect_error("0,5;1\n1,5;0\n", "both ';' and ',': write decimals with a point");
  expect_error("0,5\t1\n1,5\t0\n", "both 'tab' and ','");
  expect_error("0,5;1\n3;0\n",
               "line 1: column 1 is '0,5', not a number: write decimals with a point");
  expect_error("1;2;a\n1;2;b\n0,5;2;a\n",
               "line 3: column 1 is '0,5', not a number: write decimals");
  expect_error("1 2 a\n0,5 2 b\n", "column 1 is '0,5', not a number: write decimals");
  expect_error("0,5 1,5 1\n2,5 3,5 0\n", "write decimals with a point");
  expect_error("\"1,234.5\",2,a\n\"2,000\",1,b\n", "thousands without a separator");
  expect_error("1.234,5;2\n2.000,1;3\n", "both ';' and ','");
  const CsvTable quoted = csv_table("\"length, cm\";class\n1;\"a;b\"\n2;\"c \"\"d\"\"\"\n");
  EXPECT_EQ(quoted.values, (Values{1, 2}));
  EXPECT_EQ(quoted.targets[0], "a;b");
  expect_error("1,\"a\n2,\"b\n", "column 2 is '\"a', a text whose quote is not closed");
  expect_error(std::string_view("1\0,\0", 4), "UTF-16");
  expect_error("1,2\r3,4\r", "ends its lines with CR alone");
}

TEST(Csv, NumbersTooSmallForSinglePrecisionBecomeTheNearest) {
  const CsvTable table = csv_table(
      "1e-46,1e-400,-1e-99999999999999999999,0e999,1.1754944e-38,a\n1e-45,0.0000001e-40,2,3,4,b\n");
  EXPECT_EQ(table.values, (Values{0, 0, 0, 0, 1.1754944e-38f, 1.4e-45f, 0, 2, 3, 4}));
  EXPECT_EQ(csv_table("1,1e-400\n2,1\n").rows, 2u);
}

TEST(Csv, RefusesWhatIsNoTable) {
  expect_error("", "has no rows");
  expect_error("a,b,c\n", "has no rows");
  expect_error("\n\n", "has no rows");
  expect_error("1\n2\n", "at least one feature and a target");
  expect_error("id,1\n", "at least one feature and a target", {.skip = 1});
  expect_error("x,y\n", "has no rows", {.header = "yes"});
}

TEST(Csv, ASecondFileMustHaveTheSameColumns) {
  CsvTable table = csv_table("1,2,a\n");
  parse_csv("3,4,b\n", "test.csv", {}, table);
  EXPECT_EQ(table.rows, 2u);
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4}));
  expect_contains(refusal_of([&] { parse_csv("3,b\n", "test.csv", {}, table); }),
                  "'test.csv', line 1 has 2 columns instead of 3");
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
    const CsvOptions options{.target = std::array{"last", "2", "class"}[random.below(3)],
                             .skip = random.below(2),
                             .header = std::array{"auto", "yes", "no"}[random.below(3)],
                             .task = random.below(2) ? Task::kClasses : Task::kAuto};
    if (refusal_of([&] { parse_csv(text, "damaged", options, table); }) != "") continue;
    EXPECT_EQ(table.values.size(), table.rows * table.cols);
    EXPECT_EQ(table.targets.size(), table.rows);
    EXPECT_GE(table.cols, 1u);
  }
}

}  // namespace
}  // namespace ravine
