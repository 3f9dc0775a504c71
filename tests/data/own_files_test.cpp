// Data sets that are files of the user.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "data/small_sets.hpp"
#include "ravine/data/data_catalog.hpp"
#include "support/gzipped.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

TEST(LoadDataset, TargetsBecomeClassesOrStayNumbers) {
  const TemporaryFolder folder;
  const auto load = [&](std::string_view rows, DataRequest request) {
    request.name = folder.write("t.csv", rows);
    return data_catalog().load(request);
  };
  const std::string whole = "1,7\n2,-1\n3,30\n4,7\n5,7\n6,7\n7,7\n8,7\n9,7\n10,7\n";
  const auto classes = load(whole, {});
  EXPECT_EQ(classes->classes, 3u);
  for (std::size_t i = 0; i < 10; ++i) {
    const float x = classes->features.dense[i];
    EXPECT_EQ(classes->labels[i], x == 2 ? 0 : x == 3 ? 2 : 1);
  }
  const auto regression = load(whole, {.task = "regression"});
  EXPECT_EQ(regression->classes, 0u);
  EXPECT_TRUE(regression->labels.empty());
  EXPECT_EQ(regression->targets[0], regression->features.dense[0] == 2   ? -1
                                    : regression->features.dense[0] == 3 ? 30
                                                                         : 7);
  EXPECT_NE(classes->digest, regression->digest);
  const std::string broken = "1,0.5\n2,1\n3,1\n4,1\n5,1\n6,1\n7,1\n8,1\n9,1\n10,1\n";
  EXPECT_EQ(load(broken, {})->classes, 0u);
  EXPECT_EQ(load(broken, {.task = "classes"})->classes, 2u);
  EXPECT_EQ(load(broken, {.target = "first"})->classes, 10u);
  EXPECT_NE(refusal_of([&] { load(broken, {.target = "middle"}); }), "");
  EXPECT_NE(refusal_of([&] { load("1,a\n2,b\n3,a\n", {.task = "regression"}); }), "");
  expect_contains(refusal_of([&] { load("1,a\n2,a\n3,a\n", {}); }), "1 distinct value:");
}

TEST(LoadDataset, SaysHowAnOwnFileWasRead) {
  const TemporaryFolder folder;
  const auto understood = [&](const std::string& file, std::string_view rows, DataRequest request) {
    request.name = folder.write(file, rows);
    return data_catalog().load(request)->understood;
  };
  std::string words = "x,y,label\n", sparse, plain;
  for (int i = 0; i < 10; ++i) {
    const std::string row = std::to_string(i);
    words += row + ",3," + (i % 2 ? "a\n" : "b\n");
    plain += row + ".5," + row + "\n";
    sparse += std::to_string(i % 2) + " 1:2 7:" + row + "\n";
  }
  EXPECT_EQ(understood("w.csv", words, {}),
            "10 rows, 2 features, target: column 3 'label', line 1 is a header, 2 classes");
  EXPECT_EQ(understood("p.csv", plain, {.target = "first"}),
            "10 rows, 1 feature, target: column 1, no header: line 1 is a row, "
            "features 0, target 0.5, regression");
  const auto counts = data_catalog().load({.name = folder / "p.csv"});
  EXPECT_TRUE(counts->guessed_classes);
  EXPECT_EQ(
      counts->understood,
      "10 rows, 1 feature, target: column 2, no header: line 1 is a row, features 0.5, target 0, "
      "10 classes "
      "(task=regression if these are quantities)");
  EXPECT_FALSE(data_catalog().load({.name = folder / "p.csv", .task = "classes"})->guessed_classes);
  // Names that are numbers, which nobody can tell from a row: the line shows them.
  EXPECT_EQ(
      understood("n.csv", "10,20,30,40,50\n0.5,1,2,3,0\n1.5,1,2,3,0\n2.5,1,2,3,1\n", {}),
      "4 rows, 4 features, target: column 5, no header: line 1 is a row, features 10, 20, 30, "
      "..., target 50, 3 classes (task=regression if these are quantities)");
  EXPECT_EQ(understood("s.svm", sparse, {.task = "classes"}),
            "10 rows, 7 features (sparse), 2 classes");
  EXPECT_EQ(data_catalog().load({.name = "glyphs", .train = 20})->understood, "");
}

TEST(LoadDataset, ReadsTablesPackedAndFromOtherSystemsAlike) {
  const TemporaryFolder folder;
  const std::string text = numbered_csv(30);
  std::string windows = "\xef\xbb\xbf";
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const auto plain = data_catalog().load({.name = folder.write("t.csv", text)});
  for (const std::string& name :
       {folder.write("T.CSV", windows), folder.write("u.csv.GZ", gzipped(text)),
        folder.write("v.Csv.gz", gzipped(windows))}) {
    const auto other = data_catalog().load({.name = name});
    EXPECT_EQ(other->features.dense, plain->features.dense) << name;
    EXPECT_EQ(other->labels, plain->labels) << name;
  }
  for (const std::string& bad : {windows + "31,62,NaN\r\n", windows + "31,62,\"\"\r\n"})
    for (const std::string& name :
         {folder.write("w.csv", bad), folder.write("x.csv.gz", gzipped(bad))})
      expect_contains(refusal_of([&] { data_catalog().load({.name = name}); }),
                      "line 32: column 3 is ");
}

TEST(LoadDataset, KeysOfTablesAreForTables) {
  const TemporaryFolder folder;
  const std::string sparse = folder.write("t.svm", "1 1:1\n2 1:2\n");
  expect_contains(refusal_of([&] { data_catalog().load({.name = sparse, .target = "first"}); }),
                  "target=first is for .csv files");
  expect_contains(refusal_of([&] { data_catalog().load({.name = sparse, .header = "no"}); }),
                  "header=no is for .csv files");
  expect_contains(refusal_of([] { data_catalog().load({.name = "glyphs", .task = "regression"}); }),
                  "task=regression is for your own files");
  expect_contains(refusal_of([] { data_catalog().load({.name = "mnist", .target = "label"}); }),
                  "target=label is for .csv files");
  expect_contains(refusal_of([&] { data_catalog().load({.name = sparse, .header = "maybe"}); }),
                  "header");
}

TEST(LoadDataset, OneFileHasOneName) {
  for (const char* name : {"./x.csv", "a/../x.csv", ".//x.csv", "x.csv", "a/b/../../x.csv"})
    EXPECT_EQ(canonical_data_name(name), "x.csv");
  EXPECT_EQ(canonical_data_name("//tmp/./x.svm.gz"), "/tmp/x.svm.gz");
  EXPECT_EQ(canonical_data_name("../x.csv"), "../x.csv");
  EXPECT_EQ(canonical_data_name("./kmnist//"), "kmnist/");
  EXPECT_EQ(canonical_data_name("mnist"), "mnist");
  EXPECT_NE(refusal_of([] { canonical_data_name("a\nb.csv"); }), "");
}

TEST(LoadDataset, SparseRowsStaySparse) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 30; ++i)
    text += (i % 2 ? "-1 " : "+1 ") + std::to_string(i + 1) + ":" + std::to_string(i % 2) + ".5\n";
  const std::string name = folder.write("t.svm.gz", gzipped(text));
  const auto data = data_catalog().load({.name = name});
  EXPECT_TRUE(data->features.is_sparse());
  EXPECT_EQ(data->features.cols, 30u);
  EXPECT_EQ(data->classes, 2u);
  const SparseRows& sparse = data->features.sparse;
  ASSERT_EQ(sparse.row_start.size(), 31u);
  for (std::size_t i = 0; i < 30; ++i) {
    ASSERT_EQ(sparse.row_start[i], static_cast<std::int64_t>(i));
    EXPECT_EQ(sparse.values[i], static_cast<float>(sparse.columns[i] % 2) + 0.5f);
    EXPECT_EQ(data->labels[i], sparse.columns[i] % 2 ? 0 : 1);
  }
  expect_contains(refusal_of([&] { data_catalog().load({.name = name, .scale = "standardize"}); }),
                  "scale=standardize");
}

TEST(LoadDataset, FindsAPathBelowTheDataDirectory) {
  const TemporaryFolder folder;
  folder.write("mine/t.csv", numbered_csv(30));
  EXPECT_EQ(data_catalog().load({.name = "mine/t.csv", .directory = folder.path()})->features.rows,
            30u);
}

}  // namespace
}  // namespace ravine
